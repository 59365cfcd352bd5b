"""Read the ``status.csv`` of a maestrowf 1.x study."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from maestro_cli.study.folders import Kind, kind_of
from maestro_conductor.workspace.regular_files import read_regular

__all__ = ["read_upstream_csv"]


def read_upstream_csv(folder: Path) -> list[dict[str, str]] | None:
    """Return the rows of a study's table, each by the names of its columns.

    Args:
        folder: Of any kind.

    Returns:
        None where it is no study of maestrowf 1.x, or has no table yet.
    """
    if kind_of(folder) is not Kind.UPSTREAM:
        return None
    try:
        text = read_regular(folder / "status.csv").decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    return [
        {name: value for name, value in row.items() if name is not None and value is not None}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]
