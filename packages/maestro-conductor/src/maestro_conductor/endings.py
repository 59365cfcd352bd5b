"""The other half of the machine: what polls, searches and attempt files say, and what follows."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any

from maestro_conductor import records
from maestro_conductor.errors import IllegalTransitionError
from maestro_conductor.events import Found, Now, Polled, Settled
from maestro_conductor.graph_view import Graph
from maestro_conductor.instructions import Find, Settle, Turn
from maestro_conductor.lanes import LOCAL, Lane
from maestro_conductor.policy import Counters, after_attempt, judge
from maestro_conductor.readiness import Readiness, satisfied
from maestro_conductor.records import Record
from maestro_conductor.states import (
    ALLOWED,
    CANCELLED,
    CODES,
    FAILED,
    FINISHED,
    FINISHING,
    HWFAILURE,
    IN_FLIGHT,
    NAMES,
    PENDING,
    QUEUED,
    RUNNING,
    TIMEDOUT,
    UNKNOWN,
    WAITING,
)
from maestro_conductor.study_state import StudyState

__all__ = ["Endings", "submitted_state"]

#: The driver's exit codes when nothing ran: the attempt file could not be made, or was there
#: already. A step's own command may end with them too; the attempt file tells.
_DRIVER_CODES = (73, 75)
#: s for which a job that the scheduler does not know may still turn up, or its attempt file get
#: visible through a network file system.
_GRACE = 30.0
#: s before an attempt that could not make its file, or whose file could not be read, is tried again.
_PAUSE = 5.0

#: What a neutral state of the adapter interface means for an attempt that lives.
_LIVE = {
    "PENDING": PENDING,
    "RUNNING": RUNNING,
    "SUSPENDED": RUNNING,
    "FINISHING": FINISHING,
    "UNKNOWN": None,
    "UNREACHABLE": None,
}
_ENDS = {
    "FINISHED": FINISHED,
    "FAILED": FAILED,
    "TIMEDOUT": TIMEDOUT,
    "CANCELLED": CANCELLED,
    "HWFAILURE": HWFAILURE,
    "PREEMPTED": HWFAILURE,
    "NOTFOUND": None,
}


class Endings:
    """See `maestro_conductor.machine.Machine`, which is this and the ways in."""

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

    # -- what schedulers say of jobs that were submitted --

    def _polled(self, event: Polled) -> None:
        lane = self.lanes[event.lane]
        jobs = lane.jobs
        for job, answer in event.jobs.items():
            i = jobs.get(job)
            if i is None:
                continue
            name = answer["state"]
            if name in _LIVE:
                self._lives(i, name, answer)
            else:
                self._over(lane, i, job, name, answer)

    def _lives(self, i: int, name: str, answer: Mapping[str, Any]) -> None:
        if name == "UNREACHABLE":
            return
        if self._missing:
            self._missing.pop(i, None)
        new = _LIVE[name]
        old = self.state.state[i]
        reason = answer.get("reason")
        if name == "SUSPENDED":
            reason = reason or "suspended by the scheduler"
        elif name == "UNKNOWN":
            new = old
            reason = f"the scheduler says {answer.get('native')}"
        if new is None or (new == old and (new == FINISHING or reason == self.state.reason.get(i))):
            return
        started = answer.get("started")
        at = int(started * 1000) if new == RUNNING and started else None
        self._row(i, new, at=at, reason=reason)

    def _over(self, lane: Lane, i: int, job: str, name: str, answer: Mapping[str, Any]) -> None:
        """A job no longer lives."""
        end = _ENDS.get(name)
        code = answer.get("exit_code")
        ended = answer.get("ended")
        at = int(ended * 1000) if ended else self._now.wall
        if lane.name == LOCAL and end == FINISHED:
            self._ended(i, FINISHED, 0 if code is None else code, at, answer.get("reason"))
        elif lane.name == LOCAL and end == FAILED and not _is_doubtful(code):
            self._ended(i, FAILED, code, at, answer.get("reason"))
        elif lane.name == LOCAL and end in (TIMEDOUT, CANCELLED):
            self._ended(i, end, code, at, answer.get("reason"))
        elif i not in self._verdicts:
            # The attempt's own file knows best whether its command ran, when, and how it ended.
            if end is None:
                since = self._missing.setdefault(i, self._now.steady)
                void = self._now.steady - since >= _GRACE
            else:
                void = end != FINISHED and _is_doubtful(code)
            self._verdicts[i] = {**answer, "state": name, "job": job}
            self._turn.instructions.append(Settle(i, self.state.attempt[i], void))

    # -- searches for attempts whose submission was not answered for --

    def _ask_later(self, i: int, attempt: int, pause: float) -> None:
        del attempt  # the latest one is meant, whenever the timer is due
        self._asking.add(i)
        heapq.heappush(self._timers, (self._now.steady + pause, i))

    def _found(self, event: Found) -> None:
        lane = self.lanes[event.lane]
        for i, attempt, answer in event.jobs:
            if not self._is_current(i, attempt):
                self._note_late(i, attempt, answer.get("job"))
            elif "job" in answer:
                self._record(
                    records.submitted(
                        self._now.wall, [[i, attempt, answer["job"], submitted_state(answer)]]
                    )
                )
                lane.jobs[answer["job"]] = i
                lane.unblock()
                if self.state.cancelling or (self._stopping and lane.name == LOCAL):
                    self._want_cancel(i)
            elif answer.get("absent") or lane.name == LOCAL:
                # Where a system does not let us look for processes, the attempt file has to do.
                self._turn.instructions.append(Settle(i, attempt, True))
            else:
                if self.state.state[i] != UNKNOWN:
                    self._row(i, UNKNOWN, reason=str(answer.get("error")))
                self._ask_later(i, attempt, lane.block(self._now.steady))

    def _settled(self, event: Settled) -> None:
        i, attempt = event.instance, event.attempt
        verdict = self._verdicts.pop(i, None)
        if not self._is_current(i, attempt):
            self._note_late(i, attempt, None)
            return
        word = verdict["state"] if verdict else None
        at = event.at or _ended_at(verdict) or self._now.wall
        if event.started is not None and self.state.state[i] == PENDING:
            self._row(i, RUNNING, at=event.started)  # it ran between two polls
        if event.fate == "ended":
            self._settled_end(i, event.exit_code or 0, at, word)
        elif event.fate == "error":
            self._unsettled(i, attempt, verdict, event.detail)
        elif event.fate == "absent" and word == "NOTFOUND":
            return  # the next poll asks again, until the time of grace is over
        elif event.fate == "void":
            self._never_ran(i, word, verdict)
        elif word == "FINISHED":
            code = verdict.get("exit_code") if verdict else None
            self._ended(i, FINISHED, code or 0, at, None)
        elif word in ("TIMEDOUT", "CANCELLED") or (word == "FAILED" and not self._is_local(i)):
            code = verdict.get("exit_code") if verdict else None
            self._ended(i, CODES[word], code, at, _reason(verdict))
        elif word == "NOTFOUND" and not self._is_local(i) and not self._grace_over(i):
            return
        else:
            # A local driver that died is the same trouble whether a conductor saw it or not.
            detail = event.detail or "ended without a trace"
            self._ended(i, HWFAILURE, None, at, _reason(verdict) or detail)

    def _is_local(self, i: int) -> bool:
        return self.lane_of(i).name == LOCAL

    def _grace_over(self, i: int) -> bool:
        return self._now.steady - self._missing.get(i, self._now.steady) >= _GRACE

    def _settled_end(self, i: int, code: int, at: int, word: str | None) -> None:
        """The attempt's file has its end. A command that succeeded did, whatever stopped the job."""
        state = judge(code, self._graph.failure(i))
        if state != FINISHED and word in ("TIMEDOUT", "CANCELLED", "HWFAILURE", "PREEMPTED"):
            state = _ENDS[word] or state
        self._ended(i, state, code, at, None)

    def _unsettled(
        self, i: int, attempt: int, verdict: Mapping[str, Any] | None, detail: str | None
    ) -> None:
        self._row(i, UNKNOWN, reason=detail)
        if verdict is None:
            self._ask_later(i, attempt, _PAUSE)
        # Otherwise the next poll gives the verdict again.

    def _never_ran(self, i: int, word: str | None, verdict: Mapping[str, Any] | None) -> None:
        """The attempt never ran and never will."""
        wall = self._now.wall
        attempt = self.state.attempt[i]
        code = verdict.get("exit_code") if verdict else None
        if self.state.cancelling or word == "CANCELLED":
            self._ended(i, CANCELLED, None, wall, _reason(verdict))
        elif word is None:
            self._again(i, f"attempt {attempt} never started", 0.0)
        elif self._is_local(i) or (word == "FAILED" and code in _DRIVER_CODES):
            # Not the node's fault: there is no room on the disk, say. That passes.
            self._again(i, f"attempt {attempt} could not write into its folder", _PAUSE)
        else:
            reason = _reason(verdict) or f"attempt {attempt} never started"
            self._ended(i, HWFAILURE, None, wall, reason)

    # -- ends and what follows --

    def _ended(
        self, i: int, state: int, exit_code: int | None, at: int, reason: str | None
    ) -> None:
        """An attempt has ended."""
        rule = self._graph.failure(i)
        if state in (FINISHED, FAILED) and exit_code is not None:
            state = judge(exit_code, rule)
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
            self._row(i, FINISHED, at=at, exit_code=exit_code)
            self._release(i)
            return
        counters = Counters(
            restarts=self.state.restarts[i],
            resubmissions=self.state.resubmissions[i],
            retries=self.state.retries[i],
        )
        decision = after_attempt(
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


def _is_doubtful(code: int | None) -> bool:
    """Whether an exit code may be another's than that of the step's script."""
    # A driver that a signal ended may have been killed before it started anything.
    return code is None or code in _DRIVER_CODES or code > 128


def _ended_at(verdict: Mapping[str, Any] | None) -> int | None:
    ended = verdict.get("ended") if verdict else None
    return int(ended * 1000) if ended else None


def submitted_state(answer: Mapping[str, Any]) -> str:
    """The state of a job that was accepted or found, as a ``submitted`` record has it.

    A job that has ended by then is shown as running: its end, with all that belongs to it, is told
    by the next poll.
    """
    return "PENDING" if answer.get("state") == "PENDING" else "RUNNING"


def _reason(verdict: Mapping[str, Any] | None) -> str | None:
    reason = verdict.get("reason") if verdict else None
    return str(reason) if reason else None
