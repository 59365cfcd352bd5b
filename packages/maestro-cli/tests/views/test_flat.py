"""The table with a row per instance.

A fault here would be an escape sequence on the terminal, or a table that is folded beyond reading.
What it looks like is in the golden outputs of `commands/test_status.py`.
"""

from __future__ import annotations

from maestro_cli.ui.style import Paint
from maestro_cli.views import flat, narrow
from maestro_cli.views.table import cells

PLAIN = Paint(on=False)
ROW = ["step_\x1b[2J", "12", "世界", "FINISHED", *["--"] * 5, "3", "N:1"]


def test_foreign_text_is_harmless() -> None:
    shown = list(flat.lines("/\x1b", [ROW], lambda _: {}, width=None, paint=PLAIN, unicode=True))
    assert "Study: /\\x1b" in shown[0]
    assert "step_\\x1b[2J" in shown[4]
    assert "N:1" not in "".join(shown)


def test_a_table_that_does_not_fit_becomes_blocks() -> None:
    wide, small = (
        list(flat.lines("/x", [ROW], lambda _: {"N": 1}, width=width, paint=PLAIN, unicode=True))
        for width in (120, 60)
    )
    assert wide[1].startswith("┏")
    blocks = narrow.lines("/x", [ROW], lambda _: {"N": 1}, width=60, paint=PLAIN, unicode=True)
    assert small == list(blocks)
    assert max(map(cells, small)) <= 60
