"""Take up a study where its records say it is: at the start, and when it is resumed."""

from __future__ import annotations

from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.instructions import Find
from maestro_conductor.core.launching import RUNNABLE, Launcher
from maestro_conductor.core.parts import Parts
from maestro_conductor.core.queues import LOCAL, SCHEDULED, Queues
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.study_state import REFUSED
from maestro_conductor.core.timers import Timers
from maestro_conductor.model.states import (
    CANCELLED,
    FAILED,
    HWFAILURE,
    IN_FLIGHT,
    INCOMPLETE,
    INITIALIZED,
    QUEUED,
    TIMEDOUT,
    WAITING,
)

__all__ = ["Recovery"]

_COPIED = "was under way in the study of which this is a copy"


class Recovery:
    """Makes queues and timers fit the study's state."""

    def __init__(
        self,
        step: StepChange,
        queues: Queues,
        timers: Timers,
        cancellation: Cancellation,
        attempts: AttemptEnds,
        launcher: Launcher,
        parts: Parts,
    ) -> None:
        self._step = step
        self._queues = queues
        self._timers = timers
        self._cancellation = cancellation
        self._attempts = attempts
        self._launcher = launcher
        self._parts = parts

    def give_up_foreign(self) -> None:
        """End the attempts that belong to the study of which this is a copy: they are lost here."""
        state = self._step.state
        for i in sorted(state.foreign):
            if state.state[i] in IN_FLIGHT:
                self._queues.of(i).enter(i)
                now = self._step.now.wall
                self._attempts.ended(i, HWFAILURE, None, now, _COPIED)

    def take_up(self) -> None:
        """Take up what is in flight, and search for what no scheduler has a job of."""
        state = self._step.state
        unknown: dict[str, list[tuple[int, int, str]]] = {LOCAL: [], SCHEDULED: []}
        for i, code in enumerate(state.state):
            if code not in IN_FLIGHT:
                continue
            queue = self._queues.of(i)
            queue.enter(i)
            job = state.job[i]
            if queue.name == SCHEDULED and job is not None:
                queue.jobs[job] = i
                if state.is_ending(i):
                    self._cancellation.want(i)
            else:
                # A process id may belong to another process by now, so local jobs are looked up.
                attempt = state.attempt[i]
                unknown[queue.name].append((i, attempt, state.token(i, attempt)))
        for name, rows in unknown.items():
            if rows:
                self._step.instruct(Find(name, rows))

    def repair(self) -> None:
        """Finish what a crash in the middle of a call of the machine left half done."""
        state = self._step.state
        for i, code in enumerate(state.state):
            if code == WAITING and state.before.get(i) == REFUSED:
                self._launcher.give_up_refused(i)
            elif code == INCOMPLETE:
                self._step.row(i, QUEUED, reason=state.reason.get(i))
            elif code in (FAILED, TIMEDOUT, HWFAILURE, CANCELLED) and not self._step.is_satisfied(
                i
            ):
                self._attempts.doom(i)
        if state.cancelling:
            self.cancel_all()
        elif state.ending:
            self._parts.end(sorted(state.ending))

    def fill_queues(self) -> None:
        """Queue what may be submitted."""
        for queue in self._queues.values():
            queue.ready.clear()
        for i, code in enumerate(self._step.state.state):
            if code == QUEUED:
                self._queues.of(i).ready.append(i)
            elif code == WAITING:
                self._wait_on(i)
        # Built in order, so they are heaps already.

    def cancel_all(self) -> None:
        """End what is not in flight, and ask for the end of what is."""
        self._timers.end_pauses()
        for i, code in enumerate(self._step.state.state):
            if code == INITIALIZED or code in RUNNABLE:
                self._step.row(i, CANCELLED, reason="the study was cancelled")
            elif code in IN_FLIGHT and self._cancellation.job_lives(i):
                self._cancellation.want(i)
        for queue in self._queues.values():
            queue.ready.clear()

    def _wait_on(self, i: int) -> None:
        """Take up the waiting of an instance: a pause before a retry, or a refusal."""
        state = self._step.state
        if state.before.get(i) == FAILED:
            passed = (self._step.now.wall - state.ended[i]) / 1000
            pause = self._step.graph.failure(i).retry_pause
            left = pause - max(0.0, passed)
            if left > 0:
                self._timers.pause(i, left)
                return
        self._queues.of(i).ready.append(i)
