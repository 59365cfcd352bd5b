"""Write a table as CSV. A column names the study: a comment would be a row to most readers."""

from __future__ import annotations

import csv
from typing import TextIO

from maestro_cli.results.table import Table
from maestro_cli.ui.sanitize import clean

__all__ = ["write"]


def write(table: Table, stream: TextIO, *, harmless: bool = False) -> None:
    """Write all rows below the names of their columns.

    Args:
        table: The rows.
        stream: Where to; it was opened with ``newline=""``.
        harmless: For a terminal: control characters are made visible.
    """
    from maestro_cli.results.columns import unlike

    folder = str(table.about["folder"])
    names = [column.name for column in table.columns]
    writer = csv.writer(stream, lineterminator="\n")
    header = [*names, unlike("study", names)]
    writer.writerow(map(clean, header) if harmless else header)
    if harmless:
        for row in table:
            writer.writerow([None if cell is None else clean(cell) for cell in [*row, folder]])
        return
    for row in table:
        row.append(folder)
        writer.writerow(row)
