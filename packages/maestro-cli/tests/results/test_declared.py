"""A file that is read in another format than the study says."""

from __future__ import annotations

import pytest

from maestro_cli.results.declared import read_declared

PLAIN = {"format": None, "keys": None, "pattern": None, "rows": "last", "required": False}


def declared(**result):
    return read_declared([{**PLAIN, **result}])[0]


@pytest.mark.parametrize(
    ("file", "form"),
    [
        ("a.json", "json"), ("a.JSON", "json"), ("b/a.jsonl", "json"), ("a.csv", "csv"), ("a.tsv", "csv"),
        ("a.yaml", "yaml"), ("a.yml", "yaml"), ("a.txt", "keys"), ("json", "keys"), ("a", "keys"), (".json", "json"),
    ],
)  # fmt: skip
def test_the_name_says_the_format_where_nothing_else_does(file, form):
    assert declared(file=file).format == form
    assert declared(file=file, format="yaml").format == "yaml"
    assert declared(file=file, pattern="(?P<a>.)").format == "pattern"


def test_the_names_of_its_values_are_known_where_they_are_named():
    assert declared(file="a").columns is None
    assert declared(file="a", keys=[["x", "y.z"]]).columns == ("x",)
    assert declared(file="a", pattern="(?P<b>.)(?P<c>.)").columns == ("b", "c")


@pytest.mark.parametrize("pattern", ["(", "(?P<a>a{99999999999})"])
def test_a_pattern_that_is_none_has_no_values(pattern):
    found = declared(file="a", pattern=pattern)
    assert (found.pattern, found.columns) == (None, ())
