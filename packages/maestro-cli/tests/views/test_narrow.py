"""A block per instance, with its parameters.

A fault here would be an escape sequence on the terminal, or a parameter that is not shown. What it
looks like is in the golden outputs of `commands/test_status.py`.
"""

from __future__ import annotations

from maestro_cli.ui.style import Paint
from maestro_cli.views import narrow

PLAIN = Paint(on=False)
ROW = ["step_\x1b[2J", "12", "世界", "FINISHED", *["--"] * 5, "3", "N:1"]


def test_foreign_text_is_harmless_and_parameters_are_shown() -> None:
    values = {"N\x1b": "1\x07", "LONG": 2}
    shown = list(narrow.lines("/x", [ROW], lambda _: values, width=None, paint=PLAIN, unicode=True))
    assert "STEP:       step_\\x1b[2J" in shown
    assert "  N\\x1b  1\\x07" in shown
    assert "  LONG   2" in shown


def test_a_terminal_without_unicode_gets_ascii() -> None:
    row = ["a", "12", "w", *ROW[3:]]
    shown = narrow.lines("/x", [row], lambda _: {}, width=None, paint=PLAIN, unicode=False)
    assert "\n".join(shown).isascii()


def test_details_are_below_each_other_where_there_is_no_room() -> None:
    wide, small = (
        list(narrow.lines("/x", [ROW], lambda _: {}, width=width, paint=PLAIN, unicode=True))
        for width in (80, 50)
    )
    assert any("Step Details" in line and "Scheduler Details" in line for line in wide)
    assert "  Scheduler Details" in small
