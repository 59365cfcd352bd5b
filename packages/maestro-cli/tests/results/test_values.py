"""A text that is taken for a number, a number for a text, or a value that a file cannot hold."""

from __future__ import annotations

import math

import pytest

from maestro_cli.results.values import MOST_CHARACTERS, PARSE_INT, cell_of, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("-1", -1), ("+3", 3), ("0", 0), (" 7 ", 7), ("1.5", 1.5), ("-1.5e3", -1500.0), (".5", 0.5),
        ("3.", 3.0), ("1e-3", 0.001), ("0.5", 0.5), ("00.5", 0.5), ("1.0D-3", 0.001), ("-.5d+2", -50.0), ("1D3", "1D3"),
        ("007", "007"), ("-01", "-01"), ("00e1", "00e1"), ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", "9223372036854775808"), ("1e999", math.inf), ("inf", math.inf), ("-Infinity", -math.inf),
        ("true", True), ("False", False), ("3 eV", "3 eV"), ("12,5", "12,5"), ("1_000", "1_000"), ("0x10", "0x10"),
        ("", None), (" \t", None), ("none", "none"), ("é", "é"), ("٣", "٣"), ("-", "-"), (".", "."), ("e5", "e5"),
    ],
)  # fmt: skip
def test_what_a_text_reads_as(text, value):
    found = read_text(text)
    assert found == value
    assert type(found) is type(value)


def test_what_is_no_number_is_one():
    assert math.isnan(read_text("NaN"))


def test_texts_of_digits_without_end_take_no_time():
    assert read_text("1" * 100_000).startswith("111")
    assert read_text("1." + "0" * 100_000).startswith("1.0")
    assert PARSE_INT("1" * 5000) == "1" * 5000


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None), (True, True), (3, 3), (2**63, str(2**63)), (1.5, 1.5), ("a", "a"), ("", ""), ([1, "é"], '[1, "é"]'),
        ({"a": {"b": None}}, '{"a": {"b": null}}'), ("\ud800", "\ufffd\ufffd\ufffd"), ("\0", "\0"),
    ],
)  # fmt: skip
def test_values_of_trees(value, cell):
    found = cell_of(value)
    assert found == cell
    assert type(found) is type(cell)


def test_what_is_long_is_cut():
    assert len(cell_of("x" * 100_000)) == MOST_CHARACTERS
    assert len(cell_of(["x"] * 100_000)) <= MOST_CHARACTERS
    assert read_text("é" * 100_000).endswith("…")


def test_what_is_deep_is_named_in_short():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert isinstance(cell_of(deep), str)
    while deep:  # or Python itself takes it apart by recursion
        deep = deep.pop()  # type: ignore[assignment]
