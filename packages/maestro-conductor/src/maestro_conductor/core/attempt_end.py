"""How attempts end, and what follows: records, other attempts, descendants, timers."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any

from maestro_conductor.core.dependencies import Readiness, satisfied
from maestro_conductor.core.events import Now
from maestro_conductor.core.instructions import Find, Turn
from maestro_conductor.core.queues import LOCAL, Lane
from maestro_conductor.core.retry_policy import Counters, classify_exit, next_step
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import IllegalTransitionError
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import Record
from maestro_conductor.model.states import (
    ALLOWED,
    CANCELLED,
    FAILED,
    FINISHED,
    IN_FLIGHT,
    NAMES,
    QUEUED,
    WAITING,
)

__all__ = ["Endings"]


class Endings:
    """The part of `maestro_conductor.core.machine.Machine` that changes the study's state."""

    lanes: dict[str, Lane]

    def __init__(self, graph: Graph, state: StudyState) -> None:
        self._graph = graph
        self.state = state
        self.closing = False
        self._readiness = Readiness(graph, state)
        self._now = Now(0, 0.0)
        self._turn = Turn()
        #: Heap of (steady time, instance): pauses, and questions to be asked again.
        self._timers: list[tuple[float, int]] = []
        #: Instances whose next attempt pauses.
        self.paused: set[int] = set()
        #: Instances whose attempt is to be searched for when their timer is due.
        self._asking: set[int] = set()
        #: Jobs to be cancelled at the end of this turn, by lane.
        self._cancels: dict[str, list[str]] = {}
        #: Instances whose job we asked to be cancelled.
        self._cancel_sent: set[int] = set()
        #: What a scheduler said of the end of an attempt whose file is being read.
        self._verdicts: dict[int, Mapping[str, Any]] = {}
        #: Since when (steady) a scheduler has not known a job.
        self._missing: dict[int, float] = {}
        #: Local jobs that ended before this turn.
        self._ends = 0
        self._stopping = False
        self._writing = False
        self._dry_next = 0

    def lane_of(self, i: int) -> Lane:
        """The lane that an instance runs in."""
        raise NotImplementedError

    # -- records --

    def _begin(self, now: Now) -> None:
        self._now = now
        self._turn = Turn()
        self._ends = 0

    def _record(self, record: Record) -> None:
        self.state.apply(record)
        self._turn.records.append(record)

    def _row(
        self,
        i: int,
        new: int,
        *,
        at: int | None = None,
        exit_code: int | None = None,
        reason: str | None = None,
    ) -> None:
        """Change an instance's state; rows that follow each other share a record."""
        old = self.state.state[i]
        if new not in ALLOWED[old] and new != old:
            raise IllegalTransitionError(
                i,
                f"{self._graph.names[i]} may not go from {NAMES[old]} to {NAMES[new]} "
                f"(attempt {self.state.attempt[i]}, reason: {reason})",
            )
        wall = self._now.wall
        # Clocks of other machines differ, and ours may be set back: no end before its beginning.
        at = wall if at is None else max(at, self.state.started[i], self.state.submitted[i])
        row = [i, self.state.attempt[i], NAMES[new], at, exit_code, reason]
        self.state.apply(records.state(wall, [row]))
        made = self._turn.records
        if made and made[-1]["kind"] == "state":
            made[-1]["steps"].append(row)
        else:
            made.append(records.state(wall, [row]))

    def _note_late(self, i: int, attempt: int, job: object) -> None:
        self._turn.notes.append(("late_answer", {"instance": i, "attempt": attempt, "job_id": job}))

    def _is_current(self, i: int, attempt: int) -> bool:
        return self.state.attempt[i] == attempt and self.state.state[i] in IN_FLIGHT

    def _is_satisfied(self, i: int) -> bool:
        return satisfied(self._graph, self.state, i)

    def _is_local(self, i: int) -> bool:
        return self.lane_of(i).name == LOCAL

    # -- ends and what follows --

    def _ended(
        self, i: int, state: int, exit_code: int | None, at: int, reason: str | None
    ) -> None:
        """An attempt has ended."""
        rule = self._graph.failure(i)
        if state in (FINISHED, FAILED) and exit_code is not None:
            state = classify_exit(exit_code, rule)
        asked = i in self._cancel_sent
        self._leave(i)
        if asked and self._stopping and not self.state.cancelling and state != FINISHED:
            self._again(i, "stopped together with the conductor", 0.0)
            return
        if asked and state != FINISHED:
            state = CANCELLED
        if self.state.cancelling and state != FINISHED:
            # No other attempt follows; what is merely bad luck then counts as cancelled.
            state = FAILED if state == FAILED else CANCELLED
            self._fail(i, state, exit_code, at, reason)
            return
        if state == FINISHED:
            # What a local script left in the background; schedulers give reasons of their own.
            left = reason if self._is_local(i) else None
            self._row(i, FINISHED, at=at, exit_code=exit_code, reason=left)
            self._release(i)
            return
        counters = Counters(
            restarts=self.state.restarts[i],
            resubmissions=self.state.resubmissions[i],
            retries=self.state.retries[i],
        )
        decision = next_step(
            state,
            exit_code,
            rule,
            counters,
            rlimit=self.state.settings.rlimit,
            restartable=bool(self._graph.restartable[i]),
        )
        why = "; ".join(text for text in (reason, decision.reason) if text) or None
        if not decision.again:
            if decision.state != state:  # INCOMPLETE is no state to end in
                self._row(i, state, at=at, exit_code=exit_code, reason=why)
            self._fail(i, decision.state, exit_code, at, why)
            return
        self._row(i, state, at=at, exit_code=exit_code, reason=why)
        self._again(i, why, decision.pause)

    def _leave(self, i: int) -> None:
        lane = self.lane_of(i)
        lane.leave(i, self.state.job[i])
        if lane.backoff:  # where a limit of the site held us up, there is room now
            lane.blocked_until = self._now.steady
        self._cancel_sent.discard(i)
        self._asking.discard(i)
        self._missing.pop(i, None)
        self._verdicts.pop(i, None)

    def _again(self, i: int, reason: str | None, pause: float) -> None:
        """Make another attempt, after a pause."""
        self._leave(i)
        if pause > 0:
            self._row(i, WAITING, reason=reason)
            self._pause(i, pause)
        else:
            self._row(i, QUEUED, reason=reason)
            self.lane_of(i).push(i)

    def _fail(self, i: int, state: int, exit_code: int | None, at: int, reason: str | None) -> None:
        """An instance ends badly, and with it what waits for it."""
        self._row(i, state, at=at, exit_code=exit_code, reason=reason)
        if self._is_satisfied(i):
            self._release(i)
        else:
            self._doom(i)

    def _release(self, i: int) -> None:
        for child in self._readiness.release(i):
            self.state.mark_queued(child)
            self.lane_of(child).push(child)

    def _doom(self, i: int) -> None:
        cancelled = self.state.state[i] == CANCELLED
        name = self._graph.names[i]
        reason = f"after {name} was cancelled" if cancelled else f"after {name} failed"
        for child in self._readiness.doomed(i):
            self._row(child, CANCELLED if cancelled else FAILED, reason=reason)

    # -- cancelling, timers --

    def _ask_later(self, i: int, attempt: int, pause: float) -> None:
        del attempt  # the latest one is meant, whenever the timer is due
        self._asking.add(i)
        heapq.heappush(self._timers, (self._now.steady + pause, i))

    def _job_lives(self, i: int) -> bool:
        job = self.state.job[i]
        return job is not None and self.lane_of(i).jobs.get(job) == i

    def _want_cancel(self, i: int) -> None:
        job = self.state.job[i]
        if job is not None and i not in self._cancel_sent:
            self._cancel_sent.add(i)
            self._cancels.setdefault(self.lane_of(i).name, []).append(job)

    def _pause(self, i: int, pause: float) -> None:
        self.paused.add(i)
        heapq.heappush(self._timers, (self._now.steady + pause, i))

    def _timers_due(self) -> None:
        finds: dict[str, list[tuple[int, int, str]]] = {}
        while self._timers and self._timers[0][0] <= self._now.steady:
            _, i = heapq.heappop(self._timers)
            if i in self.paused:
                self.paused.discard(i)
                self.lane_of(i).push(i)
            elif i in self._asking:
                self._asking.discard(i)
                attempt = self.state.attempt[i]
                row = (i, attempt, self.state.token(i, attempt))
                finds.setdefault(self.lane_of(i).name, []).append(row)
        for name, rows in finds.items():
            self._turn.instructions.append(Find(name, rows))
