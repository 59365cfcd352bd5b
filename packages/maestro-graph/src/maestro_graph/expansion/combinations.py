"""Find which rows of the table are one instance, and what they are called; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from maestro_graph.model.graph import Value
from maestro_graph.model.parameters import ParameterTable
from maestro_graph.parameters import naming


@attrs.frozen
class Combinations:
    """The distinct combinations of some parameters, in order of first appearance.

    Attributes:
        parameters: their names, sorted.
        names: combination strings: labels joined by dots.
        folders: the names, safe and distinct.
        rows: for each combination the first row that has it; it gives the values.
        of_row: for each row of the table the position of its combination.
        merged: (first row, later row) that share a combination string though their values differ;
            one such pair for each string.
    """

    parameters: tuple[str, ...]
    names: Sequence[str]
    folders: Sequence[str]
    rows: Sequence[int]
    of_row: Sequence[int]
    merged: tuple[tuple[int, int], ...]


def combine(table: ParameterTable, used: Iterable[str]) -> Combinations:
    """Find the distinct combinations of the used parameters.

    Args:
        table: all parameters.
        used: names of those that count.
    """
    names = tuple(sorted(used))
    by_name = {column.name: column for column in table.columns}
    columns = [by_name[name] for name in names]
    strings = list(map(".".join, zip(*(column.labels for column in columns), strict=True)))
    positions: dict[str, int] = {}
    of_row = [positions.setdefault(string, len(positions)) for string in strings]
    rows: list[int] = []
    merged: dict[int, tuple[int, int]] = {}
    for row, position in enumerate(of_row):
        if position == len(rows):
            rows.append(row)
        elif position not in merged and any(
            _differ(column.values[row], column.values[rows[position]]) for column in columns
        ):
            merged[position] = (rows[position], row)
    distinct = list(positions)
    return Combinations(
        parameters=names,
        names=distinct,
        folders=naming.clean_together(distinct),
        rows=rows,
        of_row=of_row,
        merged=tuple(merged.values()),
    )


def _differ(one: object, other: object) -> bool:
    return str(one) != str(other)


def cells(table: ParameterTable) -> dict[str, list[Value]]:
    """Return name → one `Value` per row; they are shared by all instances."""
    return {
        column.name: [
            Value(column.name, value, label)
            for value, label in zip(column.values, column.labels, strict=True)
        ]
        for column in table.columns
    }
