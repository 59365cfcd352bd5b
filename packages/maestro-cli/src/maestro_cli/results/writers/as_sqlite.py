"""Write a table as an SQLite database."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.results.table import Table
from maestro_cli.results.values import Cell

if TYPE_CHECKING:
    import sqlite3

__all__ = ["write"]

_TYPES = {"int": "INTEGER", "float": "REAL", "bool": "BOOLEAN", "text": "TEXT"}


def write(table: Table, path: Path) -> None:
    """Make a database with the tables ``results``, ``columns`` and ``about``.

    Args:
        table: The rows.
        path: Of a file that is not there, or empty.

    Raises:
        OSError: It cannot be written.
    """
    import sqlite3

    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            # Nobody sees the file before it is whole, so there is nothing to roll back.
            base.execute("PRAGMA journal_mode = OFF")
            base.execute("PRAGMA synchronous = OFF")
            base.execute("BEGIN")
            _fill(base, table)
            base.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"{path} cannot be written: {error}") from error


def _fill(base: sqlite3.Connection, table: Table) -> None:
    names = _names(table)
    columns = ", ".join(
        f"{_quoted(name)} {_TYPES[each.kind]}"
        for name, each in zip(names, table.columns, strict=True)
    )
    base.execute(f"CREATE TABLE results ({columns})")
    marks = ", ".join("?" * len(table.columns))
    base.executemany(f"INSERT INTO results VALUES ({marks})", _rows(table))  # noqa: S608 - question marks
    base.execute("CREATE TABLE columns (name TEXT, origin TEXT, kind TEXT, missing INTEGER)")
    rows = [
        (name, each.origin, each.kind, each.missing)
        for name, each in zip(names, table.columns, strict=True)
    ]
    base.executemany("INSERT INTO columns VALUES (?, ?, ?, ?)", rows)
    base.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value)")
    base.executemany("INSERT INTO about VALUES (?, ?)", table.about.items())


def _names(table: Table) -> list[str]:
    """Return the names of the columns, unlike in whatever case: SQL takes `n` and `N` for one."""
    names: list[str] = []
    taken: set[str] = set()
    for column in table.columns:
        name, number = column.name.replace("\0", "\\0"), 2
        free = name
        while free.lower() in taken:
            free = f"{name}.{number}"
            number += 1
        taken.add(free.lower())
        names.append(free)
    return names


def _rows(table: Table) -> Iterator[list[Cell]]:
    texts = [place for place, each in enumerate(table.columns) if each.kind == "text"]
    floats = [place for place, each in enumerate(table.columns) if each.kind == "float"]
    for row in table:
        for place in texts:
            if row[place] is not None:
                row[place] = str(row[place])
        for place in floats:
            cell = row[place]
            if isinstance(cell, float) and math.isnan(cell):
                row[place] = "NaN"  # SQLite would take it for nothing
        yield row


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
