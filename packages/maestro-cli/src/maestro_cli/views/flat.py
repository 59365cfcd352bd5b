"""``--layout flat``: one table, a row per instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maestro_cli.terminal import Paint, clean
from maestro_cli.views.rows import COLUMNS
from maestro_cli.views.table import Column, draw
from maestro_cli.views.theme import state_style


def lines(
    title: str,
    rows: Sequence[Sequence[str]],
    *,
    width: int | None,
    paint: Paint,
    unicode: bool,
) -> Iterator[str]:
    """Gives the lines of the table; parameters have no column, as in maestrowf."""
    shown = len(COLUMNS) - 1
    columns = [
        Column(name, least, style)
        for name, least, style in zip(
            COLUMNS[:shown],
            (12, 6, 12, 8, 7, 7, 10, 10, 10, 8),
            (
                lambda _, __: "bold",
                lambda _, row: "yellow" if row % 2 else "dim yellow",
                lambda _, row: "blue" if row % 2 else "dim blue",
                lambda text, _: state_style(text),
                *[lambda _, row: "" if row % 2 else "dim"] * 6,
            ),
            strict=True,
        )
    ]
    harmless = [[clean(text) for text in row[:shown]] for row in rows]
    return draw(
        columns, harmless, title=f"Study: {clean(title)}", width=width, paint=paint, unicode=unicode
    )
