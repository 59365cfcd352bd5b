"""Group instances by the values of their parameters; numbers of which there are many, by ranges."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["by_value"]

#: More different numbers are put into ranges of equally many instances each.
_MOST_VALUES = 12
_RANGES = 8


def by_value(
    instances: Iterable[int], parameters: Sequence[Mapping[str, object]]
) -> dict[tuple[str, str], list[int]]:
    """Return the instances of each parameter's each value.

    Args:
        instances: Which are grouped.
        parameters: Instance → its parameters.

    Returns:
        Parameter and value, or range of values, as text → instances.
    """
    columns: dict[str, dict[int, object]] = {}
    for index in instances:
        for name, value in parameters[index].items():
            columns.setdefault(name, {})[index] = value
    found: dict[tuple[str, str], list[int]] = {}
    for name, column in columns.items():
        different = {text(value) for value in column.values()}
        if len(different) > _MOST_VALUES and all(map(_is_number, column.values())):
            for label, members in _ranges(column):
                found[name, label] = members
            continue
        for index, value in column.items():
            found.setdefault((name, text(value)), []).append(index)
    return found


def text(value: object) -> str:
    """Return a parameter's value as people write it."""
    return value if isinstance(value, str) else str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _ranges(column: Mapping[int, object]) -> Iterable[tuple[str, list[int]]]:
    ordered = sorted(column, key=lambda index: (column[index], index))
    values = [column[index] for index in ordered]
    begin = 0
    for number in range(_RANGES):
        end = max(begin, (number + 1) * len(ordered) // _RANGES)
        while 0 < end < len(ordered) and values[end] == values[end - 1]:
            end += 1
        if end > begin:
            low, high = values[begin], values[end - 1]
            yield (text(low) if low == high else f"{low} … {high}"), ordered[begin:end]
        begin = end
