"""A line per step: bars and counts.

A fault here would be a failure that a bar hides, or a step with failures that is left out.
"""

from __future__ import annotations

import pytest

from maestro_cli.ui.style import Paint
from maestro_cli.views.step_table import StepRow, bar, choose_rows, lines
from maestro_cli.views.table import cells

PLAIN = Paint(on=False)


@pytest.mark.parametrize(
    ("size", "counts", "shown"),
    [
        (4, {"finished": 2, "failed": 1, "blocked": 1}, "#####xxx--"),
        (10_000, {"finished": 9_998, "failed": 1, "running": 1}, "########=x"),
        (3, {"queued": 3}, ".........."),
        (0, {}, "          "),
    ],
)
def test_a_bar_shows_all_that_is_there(size: int, counts: dict[str, int], shown: str) -> None:
    assert bar(StepRow("x", size, counts), 10, paint=PLAIN, unicode=False) == shown


def test_what_failed_or_runs_is_not_left_out() -> None:
    rows = [StepRow(f"s{n}", 1, {"waiting": 1}) for n in range(9)]
    rows[4] = StepRow("bad", 1, {"failed": 1})
    rows[7] = StepRow("busy", 1, {"running": 1})
    assert [row.name for row in choose_rows(rows, 2)] == ["bad", "busy"]
    assert choose_rows(rows, 9) == rows


@pytest.mark.parametrize("width", [24, 30, 40, 60, 100])
def test_columns_are_left_out_before_a_line_is_too_long(width: int) -> None:
    counts = dict.fromkeys(("finished", "running", "queued", "waiting", "failed", "held"), 10_000)
    row = StepRow("a step with a name of some length", 60_000, counts)
    found = list(lines([row], total=None, width=width, paint=PLAIN, unicode=True))
    assert max(map(cells, found)) <= width
    assert "fail" in found[0]
