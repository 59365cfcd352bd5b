"""Write a table for people: aligned columns, and what is missing below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maestro_cli.results.columns import Column
from maestro_cli.results.table import Table
from maestro_cli.results.values import Cell
from maestro_cli.ui.sanitize import clean

__all__ = ["lines", "notes"]

#: Characters of a cell; the middle of a longer one is left out.
_MOST = 40
_GAP = "  "


def lines(table: Table, *, width: int | None) -> Iterator[str]:
    """Yield a line per row, below the names of the columns.

    Args:
        table: The rows.
        width: Columns of the terminal: what does not fit is left out, and named; None: no limit.
    """
    titles = [_cut(clean(column.name)) for column in table.columns]
    sizes = list(map(len, titles))
    for row in table:
        for place, cell in enumerate(row):
            if cell is not None:
                sizes[place] = max(sizes[place], len(_text(cell)))
    shown = _fitting(table.columns, sizes, width)
    right = {p for p in shown if table.columns[p].kind in ("int", "float")}

    def line(texts: Sequence[str]) -> str:
        cells = [
            texts[p].rjust(sizes[p]) if p in right else texts[p].ljust(sizes[p]) for p in shown
        ]
        return _GAP.join(cells).rstrip()

    yield line(titles)
    for row in table:
        yield line([_text(cell) for cell in row])
    hidden = [titles[p] for p in range(len(titles)) if p not in shown]
    if hidden:
        yield f"({len(hidden)} more: {_listed(hidden)}; -o FILE.csv has all)"


def notes(table: Table) -> Iterator[str]:
    """Yield a sentence for each thing that is missing."""
    lacking = [column for column in table.columns if column.missing]
    for column in lacking[:10]:
        yield f"{clean(column.name)}: missing in {column.missing} of {len(table)} rows"
    if len(lacking) > 10:
        yield f"and {len(lacking) - 10} more columns lack values"
    for trouble in table.troubles[:10]:
        other = f" (and {trouble.count - 1} more)" if trouble.count > 1 else ""
        yield f"{clean(trouble.file)}: {clean(trouble.reason)}, in {clean(trouble.example)}{other}"
    if len(table.troubles) > 10:
        yield f"and {len(table.troubles) - 10} more kinds of trouble"
    if table.left_out:
        yield f"{table.left_out} or more columns were left out: name those that you want in `keys`"


def _fitting(columns: Sequence[Column], sizes: Sequence[int], width: int | None) -> list[int]:
    """Return the places of the columns that fit: the instance, and results before all else."""
    places = range(len(columns))
    if width is None or sum(sizes) + len(_GAP) * (len(sizes) - 1) <= width:
        return list(places)
    rank = {"result": 1, "parameter": 2, "instance": 3}
    wanted = sorted(
        places, key=lambda p: (p > 0, columns[p].name != "state", rank[columns[p].origin], p)
    )
    chosen, used = [wanted[0]], sizes[wanted[0]]
    for place in wanted[1:]:
        if used + len(_GAP) + sizes[place] <= width:
            chosen.append(place)
            used += len(_GAP) + sizes[place]
    return sorted(chosen)


def _text(cell: Cell) -> str:
    return "" if cell is None else _cut(clean(cell))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[: _MOST // 2]}…{text[1 - _MOST // 2 :]}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
