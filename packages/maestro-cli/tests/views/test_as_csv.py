"""Rows of studies as CSV.

A fault here would be a row that a reader of CSV takes apart differently.
"""

from __future__ import annotations

import csv
import io

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
