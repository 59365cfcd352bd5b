"""Tell when instances could have run, and when nothing did: from the times of their latest attempts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import frozen

__all__ = ["Usage", "ready_times", "usage"]


@frozen
class Usage:
    """How busy a study was.

    Attributes:
        begin: ms since 1970 of the first start.
        end: Of the last end.
        most: Most instances that ran at once.
        busy: Seconds in which at least one ran.
        work: Seconds that all ran, together.
    """

    begin: int
    end: int
    most: int
    busy: float
    work: float

    @property
    def idle(self) -> float:
        """Seconds between begin and end in which nothing ran."""
        return max(0.0, (self.end - self.begin) / 1000 - self.busy)


def usage(spans: Iterable[tuple[int, int]]) -> Usage | None:
    """Return how busy a study was whose attempts ran from one ms to another; None: nothing ran."""
    events: list[tuple[int, int]] = []
    work = 0
    for begin, end in spans:
        events += [(begin, 1), (end, -1)]
        work += end - begin
    if not events:
        return None
    events.sort()  # at one moment ends come first: -1 < 1
    running = most = busy = 0
    before = events[0][0]
    for moment, change in events:
        if running:
            busy += moment - before
        running += change
        most = max(most, running)
        before = moment
    return Usage(events[0][0], events[-1][0], most, busy / 1000, work / 1000)


def ready_times(
    steps: Sequence[tuple[int, int]],
    needs: Callable[[int], Iterable[int]],
    groups: Callable[[int], Iterable[int]],
    ended: Sequence[int],
    begun: int | None,
) -> list[int | None]:
    """Return since when each instance could have run.

    Args:
        steps: First instance and number of instances of each, in topological order.
        needs: Instance → those that it waits for.
        groups: Instance → steps all of whose instances it waits for.
        ended: ms since 1970 of each; less than 0: it has not.
        begun: When the study was begun; that of what waits for nothing.
    """
    found: list[int | None] = []
    of_step: dict[int, int] = {}

    def of_group(step: int) -> int:
        if step not in of_step:
            first, size = steps[step]
            times = ended[first : first + size]
            of_step[step] = -1 if min(times, default=-1) < 0 else max(times)
        return of_step[step]

    for first, size in steps:
        for index in range(first, first + size):
            times = [*(ended[need] for need in needs(index)), *map(of_group, groups(index))]
            if not times:
                found.append(begun)
            else:
                found.append(None if min(times) < 0 else max(times))
    return found
