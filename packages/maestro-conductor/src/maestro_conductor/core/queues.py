"""Hold what may be submitted, and what is in flight, in each of the two ways to run an instance.

The queue `LOCAL` is bounded by slots, the queue `SCHEDULED` by what the scheduler takes.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

import attrs

from maestro_conductor.core.backoff import next_backoff
from maestro_conductor.model.graph import Graph

__all__ = ["LOCAL", "SCHEDULED", "Queue", "Queues"]

LOCAL = "local"
SCHEDULED = "scheduled"

#: Most attempts that are being submitted at once: few enough that a request is noticed soon, and that
#: a crash leaves little to search for.
BATCH = 100
#: The same where equal jobs become one array.
ARRAY_BATCH = 1000
#: Most local attempts that are made ready while no slot is free, unless there are as many slots.
_MOST_AHEAD = 16


@attrs.define
class Queue:
    """What may be submitted, and what is in flight, one way.

    Attributes:
        name: `LOCAL` or `SCHEDULED`.
        slots: how many slots its jobs may fill; None: any number.
        weigh: slots that an instance fills.
        batch: most attempts being submitted at once.
        ahead: most attempts without a job that are submitted while all slots are filled, to start
            in the moment in which one becomes free.
        least_ahead: the same while jobs end one by one; 0: always none.
        longest_backoff: s.
        ready: heap of instances that may be submitted, in graph order.
        weights: instance → slots that it fills now.
        used: their sum.
        submitting: instances whose submission has no answer yet.
        jobs: job → instance, for all jobs that live.
        blocked_until: s, steady: nothing is submitted before.
        backoff: s, the last pause after a refusal that may pass; 0: it takes jobs.
    """

    name: str
    slots: int | None
    weigh: Callable[[int], int]
    batch: int = BATCH
    longest_backoff: float = 60.0
    least_ahead: int = 0
    ahead: int = attrs.field(init=False)
    ready: list[int] = attrs.Factory(list)
    weights: dict[int, int] = attrs.Factory(dict)
    used: int = 0
    submitting: set[int] = attrs.Factory(set)
    jobs: dict[str, int] = attrs.Factory(dict)
    blocked_until: float = 0.0
    backoff: float = 0.0

    def __attrs_post_init__(self) -> None:
        self.ahead = self.least_ahead

    def pace(self, ended: int) -> None:
        """Have as many attempts ready for the next call as jobs ended before this one."""
        if self.least_ahead and ended:
            self.ahead = max(self.least_ahead, min(_MOST_AHEAD, 4 * ended))

    def push(self, instance: int) -> None:
        """Queue an instance that may be submitted."""
        heapq.heappush(self.ready, instance)

    def fits(self, instance: int) -> bool:
        """Tell whether one more may be submitted now. A job that needs more slots than all has them all."""
        if len(self.submitting) >= (1 if self.backoff else self.batch):
            return False
        if self.slots is None or not self.used:
            return True
        if self.used + min(self.weigh(instance), self.slots) <= self.slots:
            return True
        return len(self.weights) - len(self.jobs) < self.ahead

    def enter(self, instance: int) -> None:
        """Count an instance as in flight."""
        if self.slots is not None:
            weight = min(self.weigh(instance), self.slots)
            self.weights[instance] = weight
            self.used += weight

    def leave(self, instance: int, job: str | None) -> None:
        """Count an instance as in flight no longer."""
        self.used -= self.weights.pop(instance, 0)
        self.submitting.discard(instance)
        if job is not None:
            self.jobs.pop(job, None)

    def block(self, steady: float) -> float:
        """Leave the scheduler alone for a while, after a refusal that may pass; return the pause in s."""
        if steady >= self.blocked_until:
            self.backoff = next_backoff(self.backoff, self.longest_backoff)
            self.blocked_until = steady + self.backoff
        return self.backoff

    def unblock(self) -> None:
        """Submit again: the scheduler takes jobs."""
        self.backoff = 0.0
        self.blocked_until = 0.0


class Queues(dict[str, Queue]):
    """Both queues, by name.

    Args:
        graph: whose instances they hold.
        queues: `LOCAL` and `SCHEDULED`.
    """

    def __init__(self, graph: Graph, *queues: Queue) -> None:
        super().__init__({queue.name: queue for queue in queues})
        self._scheduled = graph.scheduled
        self._all_local = graph.batch.get("type", "local") == "local"

    def of(self, i: int) -> Queue:
        """Return the queue that an instance runs in."""
        return self[LOCAL if self.is_local(i) else SCHEDULED]

    def is_local(self, i: int) -> bool:
        """Tell whether an instance runs on this machine."""
        return self._all_local or not self._scheduled[i]
