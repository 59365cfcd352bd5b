"""Read tables of parameters from CSV files. The only module that reads anything but study files."""

from __future__ import annotations

from pathlib import Path as FilePath

import attrs

#: Of larger files only the header is looked at; maestro-graph reads them whole.
MOST_BYTES = 4 * 1024 * 1024

#: Enough for any header.
_HEADER_BYTES = 256 * 1024


class TableError(ValueError):
    """The file is no table; the message says why."""


@attrs.frozen
class CsvTable:
    """A table.

    Attributes:
        names: of its columns.
        rows: texts; None where the file is too large to look at.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] | None


def read_table(path: FilePath, *, most_bytes: int = MOST_BYTES) -> CsvTable:
    """Read a comma-separated file with a header line, quoted as RFC 4180 says, in UTF-8.

    Args:
        path: of the file.
        most_bytes: of a larger file only the header is looked at.

    Raises:
        TableError: it cannot be read, or is no table.
    """
    # Few studies have tables in files.
    import csv
    import io

    try:
        if not path.is_file():
            raise TableError("there is no such file")
        with path.open("rb") as file:
            data = file.read(max(most_bytes, _HEADER_BYTES) + 1)
    except TableError:
        raise
    except (OSError, ValueError) as error:
        raise TableError(getattr(error, "strerror", None) or str(error)) from error
    whole = len(data) <= most_bytes
    if not whole:
        data = data.split(b"\n", 1)[0]
    try:
        lines = [
            line
            for line in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
            if line
        ]
    except (csv.Error, UnicodeDecodeError) as error:
        raise TableError(str(error)) from error
    if not lines:
        raise TableError("it is empty")
    names = tuple(name.strip() for name in lines[0])
    if "" in names:
        raise TableError(f"column {names.index('') + 1} has no name")
    if len(set(names)) < len(names):
        raise TableError("two of its columns have the same name")
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(names):
            raise TableError(f"row {number} has {len(line)} cells, and the header {len(names)}")
    return CsvTable(names, tuple(map(tuple, lines[1:])) if whole else None)
