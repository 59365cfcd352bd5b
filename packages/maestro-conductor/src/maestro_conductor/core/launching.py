"""How attempts begin: which are announced now, and what became of their submission."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any

from maestro_conductor.core import throttle
from maestro_conductor.core.events import Answers
from maestro_conductor.core.instructions import Job, Submit
from maestro_conductor.core.job_reports import Sightings, submitted_state
from maestro_conductor.core.queues import LOCAL, Lane
from maestro_conductor.core.study_state import REFUSED
from maestro_conductor.model import records
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

__all__ = ["RUNNABLE", "Beginnings"]

RUNNABLE = (QUEUED, WAITING)


class Beginnings(Sightings):
    """The part of `maestro_conductor.core.machine.Machine` that submits."""

    def _fill(self) -> None:
        """Announce all attempts that may start now."""
        state = self.state
        self.lanes[LOCAL].pace(self._ends)
        room = throttle.room(state.settings.throttle, state.in_flight(), len(state))
        for lane in self.lanes.values():
            if lane.ready and room > 0 and lane.blocked_until <= self._now.steady:
                room -= self._fill_lane(lane, room)

    def _fill_lane(self, lane: Lane, room: int) -> int:
        state = self.state
        rows: list[list[Any]] = []
        jobs: list[Job] = []
        while lane.ready and len(jobs) < room:
            i = lane.ready[0]
            if state.state[i] not in RUNNABLE or i in self.paused:
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
            self._record(records.intent(self._now.wall, rows))
            self._turn.instructions.append(Submit(lane.name, jobs))
        return len(jobs)

    def _next_attempt(self, i: int) -> tuple[int, str, bool]:
        """Number, cause and script (is it the restart script?) of an instance's next attempt."""
        state = self.state
        before = state.before.get(i)
        attempt = state.attempt[i]
        if before is None:
            return attempt + 1, "resume" if attempt else "first", False
        if before == REFUSED:  # it never was in a queue: the same attempt is offered again
            return attempt, CAUSES[state.cause[i]], bool(state.script[i])
        if before in (TIMEDOUT, INCOMPLETE):
            return attempt + 1, "restart", bool(self._graph.restartable[i])
        cause = "retry" if before == FAILED else "resubmission"
        return attempt + 1, cause, bool(state.script[i])

    def _answers(self, event: Answers) -> None:
        """What became of submissions."""
        lane = self.lanes[event.lane]
        submitted: list[list[Any]] = []
        refused: list[tuple[int, int, Mapping[str, Any]]] = []
        for i, attempt, answer in event.jobs:
            lane.announced.discard(i)
            if not self._is_current(i, attempt):
                self._note_late(i, attempt, answer.get("job"))
            elif "job" in answer:
                submitted.append([i, attempt, answer["job"], submitted_state(answer)])
            else:
                refused.append((i, attempt, answer))
        if submitted:
            at = self._now.wall if event.at is None else event.at
            self._record(records.submitted(at, submitted))
            lane.unblock()
            for i, _, job, _ in submitted:
                lane.jobs[job] = i
                if self.state.cancelling:
                    self._want_cancel(i)
        for i, attempt, answer in refused:
            self._refused(lane, i, attempt, answer)

    def _refused(self, lane: Lane, i: int, attempt: int, answer: Mapping[str, Any]) -> None:
        message = str(answer["error"])
        if answer.get("unknown"):
            # It may have been received. Nothing is submitted again before that is known.
            pause = lane.block(self._now.steady)
            self._row(i, UNKNOWN, reason=message)
            self._ask_later(i, attempt, pause)
            return
        final = not answer.get("transient")
        lane.leave(i, None)
        self._record(records.refused(self._now.wall, [[i, attempt, final, message]]))
        if self.state.cancelling:
            self._row(i, CANCELLED)
        elif not final:
            if not answer.get("withdrawn"):  # that was our doing, the scheduler takes jobs
                lane.block(self._now.steady)
            lane.push(i)
        elif not self._give_up_refused(i):
            lane.push(i)

    def _give_up_refused(self, i: int) -> bool:
        """Fail an instance that was refused for good too often."""
        attempts = self.state.settings.attempts
        if self.state.refusals[i] < attempts:
            return False
        self._fail(i, FAILED, None, self._now.wall, self.state.reason.get(i))
        return True
