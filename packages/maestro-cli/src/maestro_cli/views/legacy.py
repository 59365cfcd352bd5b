"""Show columns of plain text between two lines of ``=``, never folded: ``--layout legacy``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maestro_cli.ui.sanitize import clean
from maestro_cli.views.rows import COLUMNS
from maestro_cli.views.table import cells


def lines(title: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines; a column of nothing but numbers is aligned to the right."""
    heads = COLUMNS[:-1]
    harmless = [[clean(text) for text in row[: len(heads)]] for row in rows]
    columns = [[row[index] for row in harmless] for index in range(len(heads))]
    right = [bool(column) and all(text.isdigit() for text in column) for column in columns]
    # Two more than its text is the least that a head takes in maestrowf's table.
    widths = [
        max([len(head) + 2 * is_right, *map(cells, column)])
        for head, column, is_right in zip(heads, columns, right, strict=True)
    ]

    def line(texts: Sequence[str]) -> str:
        return "  ".join(
            " " * (size - cells(text)) + text if is_right else text + " " * (size - cells(text))
            for text, size, is_right in zip(texts, widths, right, strict=True)
        ).rstrip()

    body = [line(heads), "  ".join("-" * size for size in widths), *map(line, harmless)]
    frame = "=" * max(map(cells, body))
    yield frame
    yield clean(title)
    yield frame
    yield from body
    yield frame
    yield ""
