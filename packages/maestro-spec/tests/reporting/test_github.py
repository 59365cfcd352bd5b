"""An annotation that GitHub reads otherwise than it was meant."""

from __future__ import annotations

from maestro_spec.diagnostics.problems import Place, Problem
from maestro_spec.reporting.github import render_github


def test_github_escapes_what_its_commands_mean():
    problem = Problem("MS101", "hint", Place("a,b:c.yaml", 1, 2, 1, 3), (), "50%\nof it")
    assert render_github([problem]) == (
        "::notice file=a%2Cb%3Ac.yaml,line=1,col=2,endLine=1,endColumn=3,title=MS101::50%25%0Aof it\n"
    )
