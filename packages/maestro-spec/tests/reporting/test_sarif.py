"""A log that a code-scanning service shows at another place, or not at all."""

from __future__ import annotations

import pytest

from maestro_spec.diagnostics.problems import Place, Problem
from maestro_spec.reporting.sarif import sarif

PROBLEM = Problem(
    "MS401", "warning", Place("study.yaml", 2, 11, 2, 15), ("study", 0, "run"), "What.", "Do this."
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
