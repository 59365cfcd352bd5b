"""Write a table as Parquet, by pyarrow, which is no dependency: an extra of the package brings it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from maestro_cli.errors import CliError
from maestro_cli.results.table import Table

__all__ = ["require", "write"]

#: Rows that are written at once.
_GROUP = 10_000


def require() -> None:
    """Fail where pyarrow is not installed, before anything is read.

    Raises:
        CliError: It is not.
    """
    _pyarrow()


def write(table: Table, path: Path) -> None:
    """Make a file with the rows; its metadata say where they come from, under ``maestro``.

    Args:
        table: The rows.
        path: Of the file.

    Raises:
        CliError: pyarrow is not installed.
        OSError: It cannot be written.
    """
    from maestro_cli.results.columns import as_records

    arrow, parquet = _pyarrow()
    types = {
        "int": arrow.int64(),
        "float": arrow.float64(),
        "bool": arrow.bool_(),
        "text": arrow.string(),
    }
    about = {"about": table.about, "columns": as_records(table.columns)}
    schema = arrow.schema(
        [arrow.field(each.name, types[each.kind]) for each in table.columns],
        metadata={"maestro": json.dumps(about)},
    )
    rows = iter(table)
    with parquet.ParquetWriter(path, schema) as writer:
        while group := list(itertools.islice(rows, _GROUP)):
            arrays = []
            for column, cells in zip(table.columns, zip(*group, strict=True), strict=True):
                if column.kind == "text":
                    cells = tuple(None if cell is None else str(cell) for cell in cells)
                arrays.append(arrow.array(cells, types[column.kind]))
            writer.write_batch(arrow.record_batch(arrays, schema=schema))


def _pyarrow() -> tuple[Any, Any]:  # Any: it has no types of its own
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise CliError(
            f"Parquet files are written by pyarrow, which is not to be had here: {error}",
            hint="pip install pyarrow, or choose --format csv, json or sqlite",
        ) from error
    return pyarrow, pyarrow.parquet
