"""Hold, release, skip and cancel parts of a study."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.queues import Queues
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.timers import Timers
from maestro_conductor.model import records
from maestro_conductor.model.states import (
    CANCELLED,
    FINAL,
    FINISHED,
    IN_FLIGHT,
    QUEUED,
    SKIPPED,
    WAITING,
)

__all__ = ["Parts"]


class Parts:
    """Takes in what people ask for parts of the study.

    Attributes:
        unwanted: instances whose latest attempt is to be withdrawn, where it has not started yet;
            whoever does that empties it.
    """

    def __init__(
        self,
        step: StepChange,
        queues: Queues,
        timers: Timers,
        cancellation: Cancellation,
        attempts: AttemptEnds,
    ) -> None:
        self._step = step
        self._queues = queues
        self._timers = timers
        self._cancellation = cancellation
        self._attempts = attempts
        self._told = False
        self.unwanted: set[int] = set()

    def hold(self, instances: Iterable[int]) -> None:
        """Submit no attempt of these instances; what has finished, or was skipped, is left out."""
        state = self._step.state
        chosen = [i for i in instances if state.state[i] not in (FINISHED, SKIPPED)]
        if not chosen:
            return
        self._step.record(records.held(self._step.now.wall, chosen))
        for queue in self._queues.values():
            queue.ready = [i for i in queue.ready if i not in state.held]
            heapq.heapify(queue.ready)
        self._withdraw(chosen)

    def release(self, instances: Iterable[int]) -> None:
        """Let those of these instances run that are held."""
        state = self._step.state
        chosen = [i for i in instances if i in state.held]
        if not chosen:
            return
        self._step.record(records.released(self._step.now.wall, chosen))
        self.unwanted.difference_update(chosen)
        queued = {i for queue in self._queues.values() for i in queue.ready}
        for i in chosen:
            waits = state.state[i] in (QUEUED, WAITING) and i not in self._timers.paused
            if waits and i not in queued:
                self._queues.of(i).push(i)

    def skip(self, instances: Iterable[int]) -> None:
        """Count these instances as finished, but for what is in flight, has finished or was skipped."""
        state = self._step.state
        left_out = IN_FLIGHT | {FINISHED, SKIPPED}
        chosen = [i for i in instances if state.state[i] not in left_out]
        if not chosen:
            return
        opened = [i for i in chosen if not self._step.is_satisfied(i)]
        self._step.record(records.skipped(self._step.now.wall, chosen))
        self._timers.end_pauses(chosen)
        for i in opened:
            self._attempts.release(i)

    def cancel(self, instances: Iterable[int]) -> None:
        """End these instances, and what waits for them; what is in a final state is left out."""
        state = self._step.state
        chosen = [i for i in instances if state.state[i] not in FINAL]
        if not chosen:
            return
        self._step.record(records.cancelled(self._step.now.wall, chosen))
        self._withdraw(chosen)
        self.end(chosen)

    def end(self, instances: Sequence[int]) -> None:
        """End what is to be cancelled: what is in flight by its job, the rest at once."""
        state = self._step.state
        self._timers.end_pauses(instances)
        for i in instances:
            if state.state[i] in IN_FLIGHT:
                if self._cancellation.job_lives(i):
                    self._cancellation.want(i)
            elif state.state[i] not in FINAL:
                now = self._step.now.wall
                self._attempts.fail(i, CANCELLED, None, now, "somebody cancelled it")

    def tell(self) -> None:
        """Have it logged, once, that only held instances are left."""
        state = self._step.state
        waits = (
            bool(state.held)
            and not state.in_flight()
            and not self._timers.paused
            and not any(queue.ready for queue in self._queues.values())
            and state.unfinished() > 0
        )
        if waits and not self._told:
            count = sum(1 for i in state.held if state.state[i] not in FINAL)
            self._step.effects.notes.append(("study_held", {"count": count}))
        self._told = waits

    def _withdraw(self, chosen: Sequence[int]) -> None:
        submitting = {i for queue in self._queues.values() for i in queue.submitting}
        if submitting:
            self.unwanted.update(submitting.intersection(chosen))
