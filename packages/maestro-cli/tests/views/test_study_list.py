"""A line per study.

A fault here would be a line that the terminal folds, or an escape sequence of a folder's name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.testing import T0
from maestro_cli.ui.style import Paint
from maestro_cli.views.study_list import StudyRow, lines
from maestro_cli.views.table import cells

ROWS = [
    StudyRow(Path("/s/a_long_name_of_世界_\x1b[2J_2026"), "RUNNING", T0, 9, {"finished": 2}),
    StudyRow(Path("/s/b"), "DAMAGED", 0, 0, {}, "graph.msgpack is damaged or torn"),
]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200, None])
def test_no_line_is_wider_than_the_terminal(width: int | None) -> None:
    found = list(lines(ROWS, now=T0 + 90_000, width=width, paint=Paint(on=False), unicode=True))
    assert len(found) == 3
    assert width is None or max(map(cells, found)) <= width
    assert "\x1b" not in "".join(found)
    assert "1 min 30 s" in found[1]
