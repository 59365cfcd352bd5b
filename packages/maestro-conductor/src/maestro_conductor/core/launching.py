"""Submit attempts: which ones now, and what became of their submission."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any

from maestro_conductor.core import throttle
from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.events import Answers
from maestro_conductor.core.instructions import Job, Submit
from maestro_conductor.core.queues import LOCAL, Queue, Queues
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.study_state import REFUSED
from maestro_conductor.core.timers import Timers
from maestro_conductor.model import records
from maestro_conductor.model.adapter_states import submitted_state
from maestro_conductor.model.records import CAUSES
from maestro_conductor.model.states import (
    CANCELLED,
    FAILED,
    INCOMPLETE,
    QUEUED,
    TIMEDOUT,
    UNKNOWN,
    WAITING,
)

__all__ = ["RUNNABLE", "Launcher"]

RUNNABLE = (QUEUED, WAITING)


class Launcher:
    """Submits attempts, and takes in what became of that."""

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

    def fill(self, ended: int) -> None:
        """Submit all attempts that may start now.

        Args:
            ended: local jobs that ended in this turn.
        """
        state = self._step.state
        self._queues[LOCAL].pace(ended)
        room = throttle.room(state.settings.throttle, state.in_flight(), len(state))
        for lane in self._queues.values():
            if lane.ready and room > 0 and lane.blocked_until <= self._step.now.steady:
                room -= self._fill_lane(lane, room)

    def _fill_lane(self, lane: Queue, room: int) -> int:
        state = self._step.state
        rows: list[list[Any]] = []
        jobs: list[Job] = []
        while lane.ready and len(jobs) < room:
            i = lane.ready[0]
            if state.state[i] not in RUNNABLE or i in self._timers.paused:
                heapq.heappop(lane.ready)
                continue
            if not lane.fits(i):
                break
            heapq.heappop(lane.ready)
            attempt, cause, restart = self._next_attempt(i)
            token = state.token(i, attempt)
            rows.append([i, attempt, token, cause, "restart" if restart else "main"])
            jobs.append(Job(i, attempt, token, restart))
            lane.enter(i)
            lane.announced.add(i)
        if jobs:
            self._step.record(records.intent(self._step.now.wall, rows))
            self._step.instruct(Submit(lane.name, jobs))
        return len(jobs)

    def _next_attempt(self, i: int) -> tuple[int, str, bool]:
        """Number, cause and script (is it the restart script?) of an instance's next attempt."""
        state = self._step.state
        before = state.before.get(i)
        attempt = state.attempt[i]
        if before is None:
            return attempt + 1, "resume" if attempt else "first", False
        if before == REFUSED:  # it never was in a queue: the same attempt is offered again
            return attempt, CAUSES[state.cause[i]], bool(state.script[i])
        if before in (TIMEDOUT, INCOMPLETE):
            return attempt + 1, "restart", bool(self._step.graph.restartable[i])
        cause = "retry" if before == FAILED else "resubmission"
        return attempt + 1, cause, bool(state.script[i])

    def answers(self, event: Answers) -> None:
        """Take in what became of submissions."""
        lane = self._queues[event.lane]
        submitted: list[list[Any]] = []
        refused: list[tuple[int, int, Mapping[str, Any]]] = []
        for i, attempt, answer in event.jobs:
            lane.announced.discard(i)
            if not self._step.is_current(i, attempt):
                self._step.note_late(i, attempt, answer.get("job"))
            elif "job" in answer:
                submitted.append([i, attempt, answer["job"], submitted_state(answer.get("state"))])
            else:
                refused.append((i, attempt, answer))
        if submitted:
            at = self._step.now.wall if event.at is None else event.at
            self._step.record(records.submitted(at, submitted))
            lane.unblock()
            for i, _, job, _ in submitted:
                lane.jobs[job] = i
                if self._step.state.cancelling:
                    self._cancellation.want(i)
        for i, attempt, answer in refused:
            self._refused(lane, i, attempt, answer)

    def _refused(self, lane: Queue, i: int, attempt: int, answer: Mapping[str, Any]) -> None:
        message = str(answer["error"])
        if answer.get("unknown"):
            # It may have been received. Nothing is submitted again before that is known.
            pause = lane.block(self._step.now.steady)
            self._step.row(i, UNKNOWN, reason=message)
            self._timers.ask_later(i, pause)
            return
        final = not answer.get("transient")
        lane.leave(i, None)
        self._step.record(records.refused(self._step.now.wall, [[i, attempt, final, message]]))
        if self._step.state.cancelling:
            self._step.row(i, CANCELLED)
        elif not final:
            if not answer.get("withdrawn"):  # that was our doing, the scheduler takes jobs
                lane.block(self._step.now.steady)
            lane.push(i)
        elif not self.give_up_refused(i):
            lane.push(i)

    def give_up_refused(self, i: int) -> bool:
        """Fail an instance that was refused for good too often."""
        attempts = self._step.state.settings.attempts
        if self._step.state.refusals[i] < attempts:
            return False
        self._attempts.fail(i, FAILED, None, self._step.now.wall, self._step.state.reason.get(i))
        return True
