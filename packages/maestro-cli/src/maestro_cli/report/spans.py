"""Tell when attempts were made, ran and ended, and how many were queued and ran at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from maestro_cli.study.attempts import Attempt
from maestro_cli.study.instances import Instance

__all__ = ["Load", "Span", "load", "made_at", "spans_of"]


class Span(NamedTuple):
    """An attempt; times are ms since 1970.

    `started` is None where it never ran; it was queued until `stop` then.
    """

    made: int
    started: int | None
    stop: int


class Load(NamedTuple):
    """How many attempts ran and were queued from a time on, in ms since 1970."""

    time: int
    running: int
    queued: int


def spans_of(
    instances: Sequence[Instance], attempts: Mapping[int, Sequence[Attempt]], now: int
) -> list[Span]:
    """Return all attempts whose times are known.

    Args:
        instances: As they stand.
        attempts: Of those that were tried again: all that the journal has.
        now: ms since 1970, for what has not ended.
    """
    found = [
        Span(each.submitted, each.started, each.ended)
        for made in attempts.values()
        for each in made[:-1]
        if each.ended is not None
    ]
    for instance in instances:
        made = made_at(instance, attempts)
        if made is None:
            continue
        waits = instance.state in ("PENDING", "RUNNING", "FINISHING", "UNKNOWN")
        stop = now if instance.ended is None and waits else instance.ended
        if stop is not None:
            found.append(Span(made, instance.started, stop))
    return [Span(made, started, max(made, started or 0, stop)) for made, started, stop in found]


def made_at(instance: Instance, attempts: Mapping[int, Sequence[Attempt]]) -> int | None:
    """Return when the latest attempt of an instance was made; None: that is not known."""
    if instance.attempt <= 1:
        return instance.submitted
    found = attempts.get(instance.number, ())
    return next((each.submitted for each in found if each.number == instance.attempt), None)


def load(spans: Iterable[Span], most: int) -> list[Load]:
    """Return how many ran and were queued, from each change on.

    Args:
        spans: The attempts.
        most: No more points are returned: each stands for the highest numbers of its stretch of time.
    """
    changes: list[tuple[int, int, int]] = []
    for made, started, stop in spans:
        begun = stop if started is None else max(made, started)
        changes += [(made, 0, 1), (begun, 0, -1)]
        if started is not None:
            changes += [(begun, 1, 0), (stop, -1, 0)]
    changes.sort(key=lambda change: change[0])
    points: list[Load] = []
    running = queued = 0
    for time, runs, waits in changes:
        running, queued = running + runs, queued + waits
        if points and points[-1].time == time:
            points[-1] = Load(time, running, queued)
        else:
            points.append(Load(time, running, queued))
    return _thinned(points, most) if len(points) > most else points


def _thinned(points: Sequence[Load], most: int) -> list[Load]:
    begin, end = points[0].time, points[-1].time
    width = (end - begin) // (most - 1) + 1
    found: dict[int, Load] = {}
    before = points[0]
    for point in points:
        place = (point.time - begin) // width
        # What went on when the stretch began counts in it, too.
        known = found.get(place) or Load(begin + place * width, before.running, before.queued)
        found[place] = Load(
            known.time, max(known.running, point.running), max(known.queued, point.queued)
        )
        before = point
    # After the last change nothing goes on.
    return [*found.values(), points[-1]][: most + 1]
