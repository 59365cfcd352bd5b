"""Decide what follows the end of an attempt: records, other attempts, descendants."""

from __future__ import annotations

from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.dependencies import DependencyCounters
from maestro_conductor.core.in_flight import InFlights
from maestro_conductor.core.queues import Queues
from maestro_conductor.core.retry_policy import Counters, classify_exit, next_step
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.timers import Timers
from maestro_conductor.model.states import CANCELLED, FAILED, FINISHED, QUEUED, WAITING

__all__ = ["AttemptEnds"]

_AMENDED = "as the study is amended"


class AttemptEnds:
    """Ends attempts.

    Attributes:
        dependencies: what each instance still waits for.
    """

    def __init__(
        self,
        step: StepChange,
        queues: Queues,
        in_flight: InFlights,
        timers: Timers,
        cancellation: Cancellation,
    ) -> None:
        self._step = step
        self._queues = queues
        self._in_flight = in_flight
        self._timers = timers
        self._cancellation = cancellation
        self.dependencies = DependencyCounters(step.graph, step.state)

    def ended(
        self,
        i: int,
        state: int,
        exit_code: int | None,
        at: int,
        reason: str | None,
        lacks: str | None = None,
    ) -> None:
        """Take in that an attempt has ended, and decide what follows.

        Args:
            i: its instance.
            state: as which it ended, before the exit code is looked at.
            exit_code: of its command, if known.
            at: ms since 1970.
            reason: for people.
            lacks: why it has failed though its command succeeded, if it has.
        """
        rule = self._step.graph.failure(i)
        if state in (FINISHED, FAILED) and exit_code is not None:
            state = classify_exit(exit_code, rule)
        if state == FINISHED and lacks is not None:
            state, reason = FAILED, lacks
        asked = i in self._in_flight and self._in_flight[i].cancel_sent
        self.leave(i)
        if asked and state != FINISHED and self._cancellation.runs_again(i):
            by = "together with the conductor" if self._cancellation.stopping else _AMENDED
            self.again(i, f"stopped {by}", 0.0)
            return
        if asked and state != FINISHED:
            state = CANCELLED
        if state != FINISHED and self._step.state.is_ending(i):
            # No other attempt follows; what is merely bad luck then counts as cancelled.
            state = FAILED if state == FAILED else CANCELLED
            self.fail(i, state, exit_code, at, reason)
            return
        if state == FINISHED:
            # What a local script left in the background; schedulers give reasons of their own.
            left = reason if self._queues.is_local(i) else None
            self._step.row(i, FINISHED, at=at, exit_code=exit_code, reason=left)
            self.release(i)
            return
        counters = Counters(
            restarts=self._step.state.restarts[i],
            resubmissions=self._step.state.resubmissions[i],
            retries=self._step.state.retries[i],
        )
        decision = next_step(
            state,
            exit_code,
            rule,
            counters,
            rlimit=self._step.state.settings.rlimit,
            restartable=bool(self._step.graph.restartable[i]),
        )
        why = "; ".join(text for text in (reason, decision.reason) if text) or None
        if not decision.again:
            if decision.state != state:  # INCOMPLETE is no state to end in
                self._step.row(i, state, at=at, exit_code=exit_code, reason=why)
            self.fail(i, decision.state, exit_code, at, why)
            return
        self._step.row(i, state, at=at, exit_code=exit_code, reason=why)
        self.again(i, why, decision.pause)

    def leave(self, i: int) -> None:
        """Take an instance out of its queue: it is in flight no longer."""
        queue = self._queues.of(i)
        queue.leave(i, self._step.state.job[i])
        if queue.backoff:  # a limit of the site was reached, and now there is room
            queue.blocked_until = self._step.now.steady
        self._in_flight.pop(i, None)

    def again(self, i: int, reason: str | None, pause: float) -> None:
        """Make another attempt, after a pause."""
        self.leave(i)
        if pause > 0:
            self._step.row(i, WAITING, reason=reason)
            self._timers.pause(i, pause)
        else:
            self._step.row(i, QUEUED, reason=reason)
            self._queues.of(i).push(i)

    def fail(self, i: int, state: int, exit_code: int | None, at: int, reason: str | None) -> None:
        """End an instance badly, and with it what waits for it."""
        self._step.row(i, state, at=at, exit_code=exit_code, reason=reason)
        if self._step.is_satisfied(i):
            self.release(i)
        else:
            self.doom(i)

    def release(self, i: int) -> None:
        """Queue what may run now, as an instance that it waits for is satisfied."""
        for child in self.dependencies.release(i):
            self._step.state.mark_queued(child)
            self._queues.of(child).push(child)

    def doom(self, i: int) -> None:
        """End all that waits for an instance which ended badly."""
        cancelled = self._step.state.state[i] == CANCELLED
        name = self._step.graph.names[i]
        reason = f"after {name} was cancelled" if cancelled else f"after {name} failed"
        for child in self.dependencies.doomed(i):
            self._step.row(child, CANCELLED if cancelled else FAILED, reason=reason)
