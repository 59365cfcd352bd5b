"""Rows of studies as CSV.

A fault here would be a row that a reader of CSV takes apart differently.
"""

from __future__ import annotations

import csv
import io

import pytest

from maestro_cli.views.as_csv import text
from maestro_cli.views.rows import COLUMNS

ROW = ['a"b', "1", "x,y", "RUNNING", *[""] * 6, "N:1;M:\n2"]


def test_a_reader_gets_what_was_written() -> None:
    shown = text("/a b", [ROW], head=True) + text("/c", [ROW], head=False)
    assert list(csv.reader(io.StringIO(shown, newline=""))) == [
        ["Study", *COLUMNS],
        ["/a b", *ROW],
        ["/c", *ROW],
    ]


@pytest.mark.parametrize("value", ["a", "a,b", 'a "b"', "a\nb", "a\rb", "a\r\nb", " a", ""])
def test_a_value_comes_back_as_it_is(value: str) -> None:
    written = text("S", [[value, "last"]], head=False)
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["S", value, "last"]]
    assert ('"' in written) == any(sign in value for sign in ',"\r\n')
