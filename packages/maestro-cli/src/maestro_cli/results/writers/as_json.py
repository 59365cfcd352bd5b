"""Write a table as JSON: where it comes from, its columns, and a row a line."""

from __future__ import annotations

import json
import math
from typing import TextIO

from maestro_cli.results.table import Table
from maestro_cli.results.values import Cell

__all__ = ["write"]


def write(table: Table, stream: TextIO) -> None:
    """Write one JSON object whose ``rows`` are objects.

    Args:
        table: The rows.
        stream: Where to.
    """
    from maestro_cli.results.columns import as_records

    names = [column.name for column in table.columns]
    troubles = [
        {
            "file": each.file,
            "reason": each.reason,
            "instances": each.count,
            "example": each.example,
        }
        for each in table.troubles
    ]
    head = {
        "about": table.about,
        "columns": as_records(table.columns),
        "left_out": table.left_out,
        "troubles": troubles,
    }
    # Without the brace that closes it: the rows belong inside.
    stream.write(json.dumps(head)[:-1] + ', "rows": [')
    separator = "\n"
    for row in table:
        stream.write(separator + json.dumps(dict(zip(names, map(_plain, row), strict=True))))
        separator = ",\n"
    stream.write("\n]}\n")


def _plain(cell: Cell) -> Cell:
    """Return a cell that JSON has: what is no number there is a text."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return "NaN" if math.isnan(cell) else "Infinity" if cell > 0 else "-Infinity"
    return cell
