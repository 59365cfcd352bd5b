"""Name the columns of a table, and count what is in them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from attrs import define, frozen

from maestro_cli.results.values import Cell, tidy_text

__all__ = ["FIXED", "MOST_COLUMNS", "Column", "Columns", "Origin", "as_records", "unlike"]

#: Whether a column is one of every table, a parameter, or a result.
Origin: TypeAlias = Literal["instance", "parameter", "result"]

#: Columns of every table, before the parameters and behind them.
FIXED = (("instance", "step"), ("state", "run_time", "exit_code"))
#: Columns of results that files name, and nobody asked for by name.
MOST_COLUMNS = 1000

_KINDS: Mapping[type, str] = {bool: "bool", int: "int", float: "float", str: "text"}


@frozen
class Column:
    """A column of the finished table.

    Attributes:
        name: Unlike those of all others.
        origin: What it is.
        kind: ``int``, ``float``, ``bool`` or ``text``: what holds all of its cells; ``text`` of an empty one.
        missing: Rows in which a result is not there that the step yields; 0 for others.
    """

    name: str
    origin: Origin
    kind: str
    missing: int


@define
class _Counted:
    """A column that is being filled: for each step, the rows that have a value."""

    name: str
    origin: Origin
    kinds: set[type]
    there: dict[str, int]


class Columns:
    """The columns of a table that is being collected.

    Args:
        names: Those that are known beforehand, with their origin, in their order.

    Attributes:
        left_out: Results that no column was made for: there are too many.
    """

    def __init__(self, names: Iterable[tuple[str, Origin]]) -> None:
        self._columns: list[_Counted] = []
        self._taken: set[str] = set()
        self._results: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        self._found = 0
        self.left_out: set[str] = set()
        for name, origin in names:
            place = self._add(name, origin)
            if origin == "result":
                self._results[name] = place

    def __len__(self) -> int:
        return len(self._columns)

    def expect(self, step: str, names: Iterable[str]) -> None:
        """Say which results a step yields: where they are not, they are missing."""
        for name in names:
            self._columns[self._results[name]].there.setdefault(step, 0)

    def place_of(self, name: str) -> int | None:
        """Return where a result stands; None: in no column."""
        place = self._results.get(name)
        if place is None:
            if self._found >= MOST_COLUMNS:
                if len(self.left_out) < MOST_COLUMNS:
                    self.left_out.add(name)
                return None
            self._found += 1
            place = self._results[name] = self._add(name, "result")
        return place

    def count_row(self, step: str) -> None:
        """Count a row of a step."""
        self._rows[step] = self._rows.get(step, 0) + 1

    def note(self, place: int, value: Cell) -> None:
        """Take note of what kind a cell is that is no result."""
        if value is not None:
            self._columns[place].kinds.add(type(value))

    def count(self, place: int, step: str, value: Cell) -> None:
        """Count a result."""
        column = self._columns[place]
        if value is None:
            column.there.setdefault(step, 0)
            return
        column.kinds.add(type(value))
        column.there[step] = column.there.get(step, 0) + 1

    def finished(self) -> list[Column]:
        """Return all columns, as they have become."""
        return [
            Column(
                column.name,
                column.origin,
                _kind(column.kinds),
                sum(self._rows.get(step, 0) - there for step, there in column.there.items())
                if column.origin == "result"
                else 0,
            )
            for column in self._columns
        ]

    def _add(self, name: str, origin: Origin) -> int:
        self._columns.append(_Counted(self._free(name, origin), origin, set(), {}))
        return len(self._columns) - 1

    def _free(self, name: str, origin: Origin) -> str:
        """Return a name that no column has."""
        wanted = tidy_text(name) or "?"
        free = wanted if wanted not in self._taken else f"{origin}.{wanted}"
        number = 2
        while free in self._taken:
            free = f"{origin}.{wanted}.{number}"
            number += 1
        self._taken.add(free)
        return free


def _kind(kinds: set[type]) -> str:
    if len(kinds) == 1:
        return _KINDS[next(iter(kinds))]
    return "float" if kinds == {int, float} else "text"


def unlike(wanted: str, names: Iterable[str]) -> str:
    """Return a name for a further column, which no other has."""
    taken = set(names)
    while wanted in taken:
        wanted = f"maestro.{wanted}"
    return wanted


def as_records(columns: Iterable[Column]) -> list[dict[str, object]]:
    """Return what is known of columns, for programs."""
    return [
        {
            "name": column.name,
            "origin": column.origin,
            "kind": column.kind,
            "missing": column.missing,
        }
        for column in columns
    ]
