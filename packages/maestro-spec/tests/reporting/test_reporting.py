"""How problems are shown."""

from __future__ import annotations

import json

import pytest

from maestro_spec.diagnostics.problems import Place, Problem
from maestro_spec.reporting import render_text
from maestro_spec.reporting.github import render_github
from maestro_spec.reporting.json import render_json
from maestro_spec.reporting.sarif import sarif
from maestro_spec.reporting.text import render_summary
from maestro_spec.yaml.nodes import Document

DOCUMENT = Document("study.yaml", "a: 1\nbb: wörld $(X)\x1b[31m\n" + "c" * 300 + "END\n", None)
PROBLEM = Problem(
    "MS401", "warning", Place("study.yaml", 2, 11, 2, 15), ("study", 0, "run"), "What.", "Do this."
)


def test_text_shows_the_line_and_a_caret_under_the_problem():
    assert render_text([PROBLEM], DOCUMENT) == (
        "study.yaml:2:11: warning: What. [MS401]\n"
        " 2 | bb: wörld $(X)�[31m\n"
        "   |           ^^^^\n"
        "  = Do this.\n"
    )


def test_text_has_colours_only_if_asked():
    assert "\033[1;33mwarning: \033[0m" in render_text([PROBLEM], DOCUMENT, colour=True)
    assert "\033" not in render_text([PROBLEM], DOCUMENT)


def test_text_without_a_place_or_a_document():
    bare = Problem("MS001", "error", None, (), "It cannot be read.")
    assert render_text([bare]) == "error: It cannot be read. [MS001]\n"
    assert render_text([PROBLEM]).splitlines()[1] == "  = Do this."


def test_text_cuts_long_lines_around_the_problem():
    problem = Problem("MS401", "error", Place("study.yaml", 3, 301, 3, 304), (), "End.")
    line, carets = render_text([problem], DOCUMENT).splitlines()[1:3]
    assert len(line) < 120
    assert line[carets.index("^") :] == "END"


def test_summary_counts():
    assert render_summary([PROBLEM, PROBLEM], 3) == "2 warnings in 3 files.\n"
    assert render_summary([], 1) == "No problems in 1 file.\n"


def test_json_has_every_field():
    (entry,) = json.loads(render_json([PROBLEM]))
    assert entry == {
        "code": "MS401", "severity": "warning", "file": "study.yaml", "line": 2, "column": 11,
        "end_line": 2, "end_column": 15, "path": ["study", 0, "run"], "message": "What.", "hint": "Do this.",
    }  # fmt: skip


def test_github_escapes_what_its_commands_mean():
    problem = Problem("MS101", "hint", Place("a,b:c.yaml", 1, 2, 1, 3), (), "50%\nof it")
    assert render_github([problem]) == (
        "::notice file=a%2Cb%3Ac.yaml,line=1,col=2,endLine=1,endColumn=3,title=MS101::50%25%0Aof it\n"
    )


def test_sarif_names_rules_levels_and_places():
    bare = Problem("MS001", "error", None, (), "It cannot be read.")
    run = sarif([PROBLEM, bare])["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["MS001", "MS401"]
    first, second = run["results"]
    assert (first["ruleIndex"], first["level"]) == (1, "warning")
    assert first["locations"][0]["physicalLocation"]["region"]["startColumn"] == 11
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "study[0].run"
    assert "locations" not in second


@pytest.mark.parametrize(
    ("file", "uri"),
    [("a b.yaml", "a%20b.yaml"), ("/x/ü.yaml", "file:///x/%C3%BC.yaml"), ("a:b", "a%3Ab"), ("<stdin>", "%3Cstdin%3E")],
)  # fmt: skip
def test_sarif_writes_files_as_uris(file, uri):
    problem = Problem("MS101", "error", Place(file, 1, 1, 1, 2), (), "x")
    result = sarif([problem])["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
