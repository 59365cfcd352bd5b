"""Show one table, a row per instance: ``--layout flat``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views import narrow
from maestro_cli.views.rows import COLUMNS
from maestro_cli.views.table import Column, draw, least_width
from maestro_cli.views.theme import state_style

#: For each column the widths below which folding hurts: dates of 10 stay in one piece, and states.
_FLOORS = (
    *((11, 7), (5, 5), (11, 7), (8, 8)),
    *((8, 8), (8, 8), (10, 6), (10, 6), (10, 6), (8, 6)),
)


def lines(
    title: str,
    rows: Sequence[Sequence[str]],
    parameters: narrow.Parameters,
    *,
    width: int | None,
    paint: Paint,
    unicode: bool,
) -> Iterator[str]:
    """Return the lines of the table; ``parameters`` have no column, as in maestrowf.

    On a terminal too narrow for it the layout is that of :mod:`maestro_cli.views.narrow`.
    """
    shown = len(COLUMNS) - 1
    styles = (
        lambda _, __: "bold",
        lambda _, row: "yellow" if row % 2 else "dim yellow",
        lambda _, row: "blue" if row % 2 else "dim blue",
        lambda text, _: state_style(text),
        *[lambda _, row: "" if row % 2 else "dim"] * 6,
    )
    columns = [
        Column(name, *floors, style)
        for name, floors, style in zip(COLUMNS[:shown], _FLOORS, styles, strict=True)
    ]
    if width is not None and width < least_width(columns):
        return narrow.lines(title, rows, parameters, width=width, paint=paint, unicode=unicode)
    harmless = [[clean(text) for text in row[:shown]] for row in rows]
    return draw(
        columns, harmless, title=f"Study: {clean(title)}", width=width, paint=paint, unicode=unicode
    )
