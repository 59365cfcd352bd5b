"""Submit attempts: which ones now; and take in what became of that."""

from __future__ import annotations

import heapq

from maestro_conductor.core import throttle
from maestro_conductor.core.answers import Answer, submitted_row
from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.events import Answers
from maestro_conductor.core.instructions import Submission, Submit
from maestro_conductor.core.queues import LOCAL, Queue, Queues
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.study_state import REFUSED
from maestro_conductor.core.timers import Timers
from maestro_conductor.model import records
from maestro_conductor.model.records import CAUSES, IntentRow, RefusedRow, SubmittedRow
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
            ended: local jobs that ended in this call of the machine.
        """
        state = self._step.state
        self._queues[LOCAL].pace(ended)
        room = throttle.room(state.settings.throttle, state.in_flight(), len(state))
        for queue in self._queues.values():
            if queue.ready and room > 0 and queue.blocked_until <= self._step.now.steady:
                room -= self._fill_queue(queue, room)

    def _fill_queue(self, queue: Queue, room: int) -> int:
        state = self._step.state
        rows: list[IntentRow] = []
        jobs: list[Submission] = []
        while queue.ready and len(jobs) < room:
            i = queue.ready[0]
            if (
                state.state[i] not in RUNNABLE
                or i in self._timers.paused
                or (state.held and i in state.held)
            ):
                heapq.heappop(queue.ready)
                continue
            if not queue.fits(i):
                break
            heapq.heappop(queue.ready)
            attempt, cause, restart = self._next_attempt(i)
            token = state.token(i, attempt)
            rows.append(IntentRow(i, attempt, token, cause, "restart" if restart else "main"))
            jobs.append(Submission(i, attempt, token, restart))
            queue.enter(i)
            queue.submitting.add(i)
        if jobs:
            self._step.record(records.intent(self._step.now.wall, rows))
            self._step.instruct(Submit(queue.name, jobs))
        return len(jobs)

    def _next_attempt(self, i: int) -> tuple[int, str, bool]:
        """Return number, cause and script (is it the restart script?) of an instance's next attempt."""
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
        queue = self._queues[event.queue]
        submitted: list[SubmittedRow] = []
        refused: list[tuple[int, int, Answer]] = []
        for i, attempt, answer in event.jobs:
            queue.submitting.discard(i)
            if not self._step.is_current(i, attempt):
                self._step.note_late(i, attempt, answer.get("job"))
            elif "job" in answer:
                submitted.append(submitted_row(i, attempt, answer))
            else:
                refused.append((i, attempt, answer))
        if submitted:
            at = self._step.now.wall if event.at is None else event.at
            self._step.record(records.submitted(at, submitted))
            queue.unblock()
            state = self._step.state
            ending = state.cancelling or state.ending
            for row in submitted:
                queue.jobs[row.job] = row.instance
                if ending and state.is_ending(row.instance):
                    self._cancellation.want(row.instance)
        for i, attempt, answer in refused:
            self._refused(queue, i, attempt, answer)

    def _refused(self, queue: Queue, i: int, attempt: int, answer: Answer) -> None:
        message = str(answer["error"])
        if answer.get("unknown"):
            # It may have been received. Nothing is submitted again before that is known.
            pause = queue.block(self._step.now.steady)
            self._step.row(i, UNKNOWN, reason=message)
            self._timers.ask_later(i, pause)
            return
        final = not answer.get("transient")
        queue.leave(i, None)
        row = RefusedRow(i, attempt, final, message)
        self._step.record(records.refused(self._step.now.wall, [row]))
        if self._step.state.is_ending(i):
            self._attempts.fail(i, CANCELLED, None, self._step.now.wall, None)
        elif not final:
            if not answer.get("withdrawn"):  # that was our doing, the scheduler takes jobs
                queue.block(self._step.now.steady)
            queue.push(i)
        elif not self.give_up_refused(i):
            queue.push(i)

    def give_up_refused(self, i: int) -> bool:
        """Fail an instance that was refused for good too often."""
        attempts = self._step.state.settings.attempts
        if self._step.state.refusals[i] < attempts:
            return False
        self._attempts.fail(i, FAILED, None, self._step.now.wall, self._step.state.reason.get(i))
        return True
