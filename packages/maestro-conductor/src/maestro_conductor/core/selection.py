"""Select instances by names and by conditions on their parameters: "Selection" on the format page."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeAlias

import attrs

from maestro_conductor.model.graph import Graph

__all__ = ["Condition", "ValuesOf", "named", "parse_condition", "select"]

#: Instance → its parameters, by name.
ValuesOf: TypeAlias = Callable[[int], Mapping[str, object]]

_CONDITION = re.compile(r"\s*([^=!<>\s](?:[^=!<>]*[^=!<>\s])?)\s*(!=|<=|>=|=|<|>)(.*)", re.S)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(\.[0-9]*)?|(\.[0-9]+))([eE][+-]?[0-9]+)?")
#: Characters of a text that may be a number; longer ones are slow to read.
_LONGEST = 300

_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@attrs.frozen
class Condition:
    """A condition on a parameter.

    Attributes:
        text: as it was asked for.
        name: of the parameter.
        op: ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``.
        value: what its value is compared with.
    """

    text: str
    name: str
    op: str
    value: str

    def fits(self, value: object) -> bool:
        """Tell whether a value of the parameter fits.

        Raises:
            ValueError: it cannot be compared in this way.
        """
        mine, theirs = _number(self.value), _number(value)
        if mine is not None and theirs is not None:
            return _ORDERS[self.op](theirs, mine)
        if self.op in ("=", "!="):
            return (str(value) == self.value) == (self.op == "=")
        wrong = self.value if mine is None else str(value)
        raise ValueError(f"{self.text}: {wrong!r} is no number, so only = and != can compare it")


def parse_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ValueError: it is none.
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no condition: NAME=VALUE, or !=, <, <=, >, >= for =")
    name, op, value = found.groups()
    return Condition(text.strip(), name, op, value.strip())


def select(
    graph: Graph,
    values_of: ValuesOf,
    steps: Sequence[str] | None,
    where: Sequence[str] | None,
) -> list[int]:
    """Return the instances that are selected, in order.

    Args:
        graph: the study.
        values_of: the values of an instance's parameters; asked only where it uses all that
            conditions name.
        steps: names of steps or instances, ``*`` allowed; None: any.
        where: conditions that must all hold; None: any.

    Raises:
        ValueError: a name or the conditions fit nothing, or cannot be compared.
    """
    chosen = range(len(graph)) if steps is None else sorted(named(graph, steps))
    if not where:
        return list(chosen)
    conditions = [parse_condition(text) for text in where]
    known = graph.header["parameters"]
    for condition in conditions:
        if condition.name not in known:
            there = f"there are {', '.join(known)}" if known else "the study has none"
            raise ValueError(f"no parameter is called {condition.name}; {there}")
    asked = {condition.name for condition in conditions}
    using = [asked <= set(step.record["parameters"]) for step in graph.steps]
    found: list[int] = []
    for i in chosen:
        if using[graph.step_of[i]]:
            values = values_of(i)
            if all(c.name in values and c.fits(values[c.name]) for c in conditions):
                found.append(i)
    if not found:
        raise ValueError(f"no instance fits {', '.join(where)}")
    return found


def named(graph: Graph, names: Sequence[str]) -> set[int]:
    """Return the instances that names mean.

    Raises:
        ValueError: one means none.
    """
    chosen: set[int] = set()
    places = {name: i for i, name in enumerate(graph.names)}
    for name in names:
        found = {places[name]} if name in places else set()
        for step in graph.steps:
            if step.name == name or ("*" in name and _is_like(step.name, name)):
                found.update(range(step.first, step.first + step.count))
        if "*" in name:
            found.update(i for i, instance in enumerate(graph.names) if _is_like(instance, name))
        if not found:
            raise ValueError(f"no step or instance is called {name}")
        chosen |= found
    return chosen


def _is_like(name: str, pattern: str) -> bool:
    """Match a name; only ``*`` is special: brackets and question marks may stand in names."""
    escaped = "".join(f"[{char}]" if char in "[?" else char for char in pattern)
    return fnmatchcase(name, escaped)


def _number(value: object) -> float | None:
    """Return what a value is as a number; None: it is none."""
    if isinstance(value, str):
        text = value.strip()
        found = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
        if found is None:
            return None
        value = float(text) if any(found.groups()) else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None
