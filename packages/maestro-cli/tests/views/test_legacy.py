"""Columns of plain text, as maestrowf's tables of old.

A fault here would be an escape sequence on the terminal, or columns that do not stand below their
heads.
"""

from __future__ import annotations

from maestro_cli.views import legacy
from maestro_cli.views.rows import COLUMNS
from maestro_cli.views.table import cells

ROW = ["step_\x1b[2J", "12", "世界", "FINISHED", *["--"] * 5, "3", "N:1"]
OTHER = ["b", "3456", "w", "RUNNING", *["--"] * 5, "10", ""]


def test_foreign_text_is_harmless() -> None:
    shown = list(legacy.lines("/\x1b", [ROW]))
    assert shown[1] == "/\\x1b"
    assert shown[5].startswith("step_\\x1b[2J")


def test_columns_stand_below_their_heads_and_numbers_are_aligned_to_the_right() -> None:
    shown = list(legacy.lines("/x", [ROW, OTHER]))
    assert shown[0] == shown[2] == shown[-2] == "=" * max(map(cells, shown[3:-2]))
    assert [name for name in COLUMNS[:-1] if name not in shown[3]] == []
    end = shown[3].index("Job ID") + len("Job ID")
    assert [row[end - 4 : end] for row in shown[5:7]] == ["  12", "3456"]
