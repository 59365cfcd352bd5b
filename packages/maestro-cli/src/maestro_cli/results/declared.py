"""Represent what a step says of its results; pure."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from maestro_conductor.model.graph import ResultRecord

__all__ = ["Declared", "read_declared"]

_ENDINGS = {
    ".json": "json",
    ".jsonl": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".yaml": "yaml",
    ".yml": "yaml",
}


@frozen
class Declared:
    """A file of an instance that holds results, as ``Result`` of the workspace format page.

    Attributes:
        file: Its path in the folder of the instance.
        format: ``json``, ``csv``, ``yaml``, ``keys`` or ``pattern``.
        keys: (column, path) of the values that are wanted; None: all.
        pattern: For ``pattern``; None: it cannot be compiled.
        all_rows: All rows are meant, not the last one alone.
    """

    file: str
    format: str
    keys: tuple[tuple[str, str], ...] | None
    pattern: re.Pattern[str] | None
    all_rows: bool

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The names of its values; None: the file says."""
        if self.format == "pattern":
            return () if self.pattern is None else tuple(self.pattern.groupindex)
        return None if self.keys is None else tuple(column for column, _ in self.keys)


def read_declared(results: Sequence[ResultRecord]) -> tuple[Declared, ...]:
    """Read the maps ``Result`` of a graph, whose fields were checked."""
    return tuple(map(_read, results))


def _read(result: ResultRecord) -> Declared:
    file, form, pattern = result["file"], result["format"], result["pattern"]
    if pattern is not None:
        form = "pattern"
    elif form not in ("json", "csv", "yaml", "keys"):
        _, dot, ending = file.rpartition(".")
        form = _ENDINGS.get(dot + ending.lower(), "keys")
    keys = result["keys"]
    return Declared(
        file=file,
        format=form,
        keys=None if keys is None else tuple((row[0], row[1]) for row in keys),
        pattern=None if pattern is None else _compiled(pattern),
        all_rows=result["rows"] == "all",
    )


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern, re.MULTILINE)
    except (re.error, OverflowError, RecursionError, MemoryError):
        return None
