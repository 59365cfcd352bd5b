"""Estimate when a study ends, from how long its finished instances took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Estimate", "Work", "estimate", "idle_time"]


class Work(NamedTuple):
    """What a step has done, and what is left of it. Durations in seconds.

    Attributes:
        took: Of each instance that ran and finished.
        running: How long each has run that runs now.
        to_come: How many are still to run.
    """

    took: Sequence[float]
    running: Sequence[float]
    to_come: int


class Estimate(NamedTuple):
    """How long a study will go on, in seconds, and from how many finished instances that is known."""

    left: float
    finished: int


def estimate(steps: Iterable[Work]) -> Estimate | None:
    """Estimate the time until all is done; None where nothing has finished, or nothing runs.

    What is to come of a step is taken to last as the mean of its finished instances, or of all
    finished ones where it has none yet. It is shared by as many slots as are in use now. Nothing
    ends before what runs, so the longest rest of a running instance is the least.
    """
    steps = list(steps)
    known = [took for step in steps for took in step.took]
    slots = sum(len(step.running) for step in steps)
    if not known or not slots:
        return None
    overall = sum(known) / len(known)
    work = least = 0.0
    for step in steps:
        mean = sum(step.took) / len(step.took) if step.took else overall
        rests = [max(0.0, mean - so_far) for so_far in step.running]
        work += step.to_come * mean + sum(rests)
        least = max([least, *rests])
    return Estimate(max(least, work / slots), len(known))


def idle_time(spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return how long something went on, and how long nothing did in between.

    Args:
        spans: Begin and end of each attempt, in any unit.
    """
    worked = idle = 0
    until: int | None = None
    for begin, end in sorted(spans):
        if until is None or begin > until:
            idle += 0 if until is None else begin - until
            worked += max(0, end - begin)
            until = max(begin, end)
        elif end > until:
            worked += end - until
            until = end
    return worked, idle
