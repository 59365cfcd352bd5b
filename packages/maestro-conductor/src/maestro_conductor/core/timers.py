"""Keep what is to be done later: pauses before an attempt, and searches to be repeated."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from maestro_conductor.core.in_flight import InFlights
from maestro_conductor.core.instructions import Find
from maestro_conductor.core.queues import Queues
from maestro_conductor.core.step_change import StepChange

__all__ = ["Timers"]


class Timers:
    """What is due when.

    Attributes:
        paused: instances whose next attempt pauses.
    """

    def __init__(self, step: StepChange, queues: Queues, in_flight: InFlights) -> None:
        self._step = step
        self._queues = queues
        self._in_flight = in_flight
        #: Heap of (steady time, instance).
        self._due: list[tuple[float, int]] = []
        self.paused: set[int] = set()

    def next(self) -> float | None:
        """Return when something is due: s, steady; None: never."""
        return self._due[0][0] if self._due else None

    def pause(self, i: int, pause: float) -> None:
        """Queue an instance again after a pause, in s."""
        self.paused.add(i)
        heapq.heappush(self._due, (self._step.now.steady + pause, i))

    def ask_later(self, i: int, pause: float) -> None:
        """Search for an instance's latest attempt after a pause, in s."""
        self._in_flight[i].asking = True
        heapq.heappush(self._due, (self._step.now.steady + pause, i))

    def end_pauses(self, instances: Iterable[int] | None = None) -> None:
        """Forget pauses: of these instances, or all."""
        if instances is not None:
            self.paused.difference_update(instances)
            return
        self._due = [timer for timer in self._due if timer[1] not in self.paused]
        heapq.heapify(self._due)
        self.paused.clear()

    def work(self) -> None:
        """Do what is due by now."""
        state = self._step.state
        finds: dict[str, list[tuple[int, int, str]]] = {}
        while self._due and self._due[0][0] <= self._step.now.steady:
            _, i = heapq.heappop(self._due)
            known = self._in_flight.get(i)
            if i in self.paused:
                self.paused.discard(i)
                self._queues.of(i).push(i)
            elif known is not None and known.asking:
                known.asking = False
                attempt = state.attempt[i]
                row = (i, attempt, state.token(i, attempt))
                finds.setdefault(self._queues.of(i).name, []).append(row)
        for name, rows in finds.items():
            self._step.instruct(Find(name, rows))
