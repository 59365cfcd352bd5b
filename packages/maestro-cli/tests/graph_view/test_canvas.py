"""Lines and texts on a grid of cells.

A fault here would be a corner that points the wrong way, or wide characters that push a frame aside.
"""

from __future__ import annotations

from maestro_cli.graph_view.canvas import Canvas


def drawn(canvas: Canvas, *, unicode: bool = True) -> list[str]:
    return canvas.lines(lambda text, style: f"<{style}>{text}</>", unicode=unicode)


def test_lines_turn_and_meet() -> None:
    canvas = Canvas()
    canvas.vertical(0, 0, 1)
    canvas.horizontal(1, 0, 4)
    canvas.vertical(2, 1, 2)
    canvas.vertical(4, 1, 2)
    assert drawn(canvas) == ["│", "╰─┬─╮", "  │ │"]
    assert drawn(canvas, unicode=False) == ["|", "+-+-+", "  | |"]


def test_only_lines_that_could_as_well_cross_get_a_joint() -> None:
    canvas = Canvas()
    canvas.vertical(1, 0, 2)
    canvas.horizontal(1, 0, 2)
    assert drawn(canvas)[1] == "─┼─"
    canvas.join(1, 1)
    canvas.join(0, 1)
    assert drawn(canvas)[1] == "─●─"


def test_wide_and_combining_characters_keep_their_columns() -> None:
    canvas = Canvas()
    canvas.text(0, 0, "日e\u0301|")
    canvas.text(0, 1, "123|", "bold")
    assert drawn(canvas) == ["日e\u0301|", "<bold>123|</>"]


def test_an_empty_one_has_no_lines() -> None:
    assert drawn(Canvas()) == []
