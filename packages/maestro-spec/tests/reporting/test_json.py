"""A field of a problem that a program does not find."""

from __future__ import annotations

import json

from maestro_spec.diagnostics.problems import Place, Problem
from maestro_spec.reporting.json import render_json

PROBLEM = Problem(
    "MS401", "warning", Place("study.yaml", 2, 11, 2, 15), ("study", 0, "run"), "What.", "Do this."
)


def test_json_has_every_field():
    (entry,) = json.loads(render_json([PROBLEM]))
    assert entry == {
        "code": "MS401", "severity": "warning", "file": "study.yaml", "line": 2, "column": 11,
        "end_line": 2, "end_column": 15, "path": ["study", 0, "run"], "message": "What.", "hint": "Do this.",
    }  # fmt: skip
