"""Tell how long steps took, and with which values of their parameters they took longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from attrs import frozen

from maestro_cli.report.value_groups import by_value

__all__ = ["Taken", "taken"]


@frozen
class Taken:
    """How long instances ran, in seconds.

    Attributes:
        step: Of which step.
        parameter: Empty: all of the step.
        value: Of the parameter.
        number: How many instances ran to an end.
    """

    step: str
    parameter: str
    value: str
    number: int
    shortest: float
    middle: float
    longest: float
    total: float


def taken(
    steps: Sequence[tuple[str, Sequence[int]]],
    seconds: Sequence[float | None],
    parameters: Sequence[Mapping[str, object]],
) -> list[Taken]:
    """Return the times of each step, and behind each those of its parameters' values.

    Args:
        steps: Their names, and of each the instances that ran to an end.
        seconds: Instance → how long it ran; None: that is not known.
        parameters: Instance → its parameters.
    """
    found = []
    for name, ended in steps:
        known = [index for index in ended if seconds[index] is not None]
        if not known:
            continue
        found.append(_of(name, "", "", known, seconds))
        groups = by_value(known, parameters)
        found += [
            _of(name, parameter, value, members, seconds)
            for (parameter, value), members in groups.items()
            if len(members) < len(known)
        ]
    return found


def _of(
    step: str, parameter: str, value: str, members: Sequence[int], seconds: Sequence[float | None]
) -> Taken:
    times = [seconds[index] or 0.0 for index in members]
    return Taken(
        step, parameter, value, len(times), min(times), median(times), max(times), sum(times)
    )
