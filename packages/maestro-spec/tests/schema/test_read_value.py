"""A value of which YAML makes something else, and that reaches commands without a warning."""

from __future__ import annotations

import pytest

from maestro_spec.schema.collector import INVALID, ProblemCollector
from maestro_spec.schema.read_value import ValueReader
from maestro_spec.schema.types import Value
from maestro_spec.yaml.parser import parse


@pytest.fixture
def read():
    """Read the text of a value; give it and the codes of what is wrong."""

    def run(text, *, strict=False):
        document = parse(f"key: {text}\n", "study.yaml")[0]
        found = ProblemCollector(document)
        node = document.root.entries["key"][1]
        value = ValueReader(found).read(node, Value(strict=strict), ("key",), "`key`")
        return value, [p.code for p in found.problems]

    return run


@pytest.mark.parametrize(
    ("text", "value", "codes"),
    [
        ("x", "x", []), ("''", "", []), ("5", 5, []), ("1.50", 1.5, []), ("true", True, []),
        ("on", True, ["MS110"]), ("24:00:00", "24:00:00", ["MS111"]), ("010", 8, ["MS112"]),
        ("2026-01-05", "2026-01-05", []), ("2026-01-05 7:00:00", "2026-01-05 07:00:00", ["MS112"]),
        ("~", None, ["MS113"]), ("[1, a]", [1, "a"], ["MS113"]), ("{a: 1}", {"a": 1}, ["MS113"]),
        ("99999999999999999999", "99999999999999999999", []),
    ],
)  # fmt: skip
def test_values_of_parameters(text, value, codes, read):
    assert read(text) == (value, codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [("''", "MS105"), ("true", "MS104"), ("2026-01-05", "MS104"), ("~", "MS105"), ("[1]", "MS104")],
)
def test_values_of_variables_are_texts_and_numbers(text, code, read):
    assert read(text, strict=True) == (INVALID, [code])
    assert read("5", strict=True) == (5, [])
