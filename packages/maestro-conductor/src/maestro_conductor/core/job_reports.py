"""Take in what polls, searches and attempt files say of attempts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.events import Found, Polled, Settled
from maestro_conductor.core.in_flight import InFlights
from maestro_conductor.core.instructions import Settle
from maestro_conductor.core.queues import LOCAL, Queue, Queues
from maestro_conductor.core.retry_policy import classify_exit
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.timers import Timers
from maestro_conductor.model import records
from maestro_conductor.model.states import (
    CANCELLED,
    CODES,
    FAILED,
    FINISHED,
    FINISHING,
    HWFAILURE,
    PENDING,
    RUNNING,
    TIMEDOUT,
    UNKNOWN,
)

__all__ = ["LIVE", "JobReports", "submitted_state"]

#: The driver's exit codes when nothing ran: the attempt file could not be made, or was there
#: already. A step's own command may end with them too; the attempt file tells.
_DRIVER_CODES = (73, 75)
#: s for which a job that the scheduler does not know may still turn up, or its attempt file get
#: visible through a network file system.
_GRACE = 30.0
#: s before an attempt that could not make its file, or whose file could not be read, is tried again.
_PAUSE = 5.0

#: A job that a signal ended before its driver could write how the script did. It is not run again
#: by itself: the signal may have been the script's own doing, and the script may still be at work.
_KILLED = "a signal ended the job before it could write down how its script ended"

#: It is not run again by itself.
_TOO_SHORT = "its walltime passed before its script began"

#: Ends that a scheduler may leave without a reason: people want to know why the step runs again.
_WORDS = {"PREEMPTED": "preempted by the scheduler"}

#: What a neutral state of the adapter interface means for an attempt that lives.
LIVE = {
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


class JobReports:
    """Learns what became of attempts.

    Attributes:
        ends: local jobs that ended in this turn.
    """

    def __init__(
        self,
        step: StepChange,
        queues: Queues,
        in_flight: InFlights,
        timers: Timers,
        cancellation: Cancellation,
        attempts: AttemptEnds,
    ) -> None:
        self._step = step
        self._state = step.state
        self._queues = queues
        self._in_flight = in_flight
        self._timers = timers
        self._cancellation = cancellation
        self._attempts = attempts
        self.ends = 0

    # -- what schedulers say of jobs that were submitted --

    def polled(self, event: Polled) -> None:
        """Take in what a scheduler says of jobs."""
        lane = self._queues[event.lane]
        jobs = lane.jobs
        for job, answer in event.jobs.items():
            i = jobs.get(job)
            if i is None:
                continue
            name = answer["state"]
            if name in LIVE:
                self._lives(i, name, answer)
            else:
                self.ends += event.lane == LOCAL
                self._over(lane, i, job, name, answer)

    def _lives(self, i: int, name: str, answer: Mapping[str, Any]) -> None:
        if name == "UNREACHABLE":
            return
        if self._in_flight and (known := self._in_flight.get(i)) is not None:
            known.missing = None
        new = LIVE[name]
        old = self._state.state[i]
        reason = answer.get("reason")
        if name == "SUSPENDED":
            reason = reason or "suspended by the scheduler"
        elif name == "UNKNOWN":
            new = old
            reason = f"the scheduler says {answer.get('native')}"
        if new is None or (
            new == old and (new == FINISHING or reason == self._state.reason.get(i))
        ):
            return
        started = answer.get("started")
        at = int(started * 1000) if new == RUNNING and started else None
        self._step.row(i, new, at=at, reason=reason)

    def _over(self, lane: Queue, i: int, job: str, name: str, answer: Mapping[str, Any]) -> None:
        """A job no longer lives."""
        end = _ENDS.get(name)
        code = answer.get("exit_code")
        ended = answer.get("ended")
        at = int(ended * 1000) if ended else self._step.now.wall
        if lane.name == LOCAL and end == FINISHED:
            self._attempts.ended(i, FINISHED, 0 if code is None else code, at, answer.get("reason"))
        elif lane.name == LOCAL and end == FAILED and not _is_doubtful(code):
            self._attempts.ended(i, FAILED, code, at, answer.get("reason"))
        elif lane.name == LOCAL and end in (TIMEDOUT, CANCELLED):
            self._attempts.ended(i, end, code, at, answer.get("reason"))
        elif (known := self._in_flight[i]).verdict is None:
            # The attempt's own file knows best whether its command ran, when, and how it ended.
            if end is None:
                if known.missing is None:
                    known.missing = self._step.now.steady
                void = self._step.now.steady - known.missing >= _GRACE
            else:
                void = end == TIMEDOUT or (end != FINISHED and _is_doubtful(code))
            known.verdict = {**answer, "state": name, "job": job}
            self._step.instruct(Settle(i, self._state.attempt[i], void))

    # -- searches for attempts whose submission was not answered for --

    def found(self, event: Found) -> None:
        """Take in what a search for submissions found whose answer never came."""
        lane = self._queues[event.lane]
        for i, attempt, answer in event.jobs:
            if not self._step.is_current(i, attempt):
                self._step.note_late(i, attempt, answer.get("job"))
            elif "job" in answer:
                self._step.record(
                    records.submitted(
                        self._step.now.wall, [[i, attempt, answer["job"], submitted_state(answer)]]
                    )
                )
                lane.jobs[answer["job"]] = i
                lane.unblock()
                if self._state.cancelling or (self._cancellation.stopping and lane.name == LOCAL):
                    self._cancellation.want(i)
            elif answer.get("absent") or lane.name == LOCAL:
                # Where a system does not let us look for processes, the attempt file has to do.
                self._step.instruct(Settle(i, attempt, True))
            else:
                if self._state.state[i] != UNKNOWN:
                    self._step.row(i, UNKNOWN, reason=str(answer.get("error")))
                self._timers.ask_later(i, lane.block(self._step.now.steady))

    def settled(self, event: Settled) -> None:
        """Take in what the attempt file says."""
        i, attempt = event.instance, event.attempt
        if not self._step.is_current(i, attempt):
            self._step.note_late(i, attempt, None)
            return
        verdict = None
        if (known := self._in_flight.get(i)) is not None:
            verdict, known.verdict = known.verdict, None
        word = verdict["state"] if verdict else None
        at = event.at or _ended_at(verdict) or self._step.now.wall
        if event.started is not None and self._state.state[i] == PENDING:
            self._step.row(i, RUNNING, at=event.started)  # it ran between two polls
        if event.fate == "ended":
            self._settled_end(i, event.exit_code or 0, at, word, _reason(verdict))
        elif event.fate == "error":
            self._unsettled(i, verdict, event.detail)
        elif event.fate == "absent" and word == "NOTFOUND":
            return  # the next poll asks again, until the time of grace is over
        elif event.fate == "void":
            self._never_ran(i, word, verdict)
        elif word == "FINISHED":
            code = verdict.get("exit_code") if verdict else None
            self._attempts.ended(i, FINISHED, code or 0, at, None)
        elif word in ("TIMEDOUT", "CANCELLED") or (
            word == "FAILED" and not self._queues.is_local(i)
        ):
            code = verdict.get("exit_code") if verdict else None
            killed = word == "FAILED" and code is not None and code > 128
            self._attempts.ended(i, CODES[word], code, at, _KILLED if killed else _reason(verdict))
        elif word == "NOTFOUND" and not self._queues.is_local(i) and not self._grace_over(i):
            return
        else:
            # A keeper that died is the same trouble whether its conductor lived or not.
            detail = event.detail or "ended without a trace"
            self._attempts.ended(i, HWFAILURE, None, at, _reason(verdict) or detail)

    def _grace_over(self, i: int) -> bool:
        known = self._in_flight.get(i)
        since = known.missing if known is not None else None
        return since is not None and self._step.now.steady - since >= _GRACE

    def _settled_end(
        self, i: int, code: int, at: int, word: str | None, reason: str | None
    ) -> None:
        """The attempt's file has its end. A command that succeeded did, whatever stopped the job."""
        state = classify_exit(code, self._step.graph.failure(i))
        if state != FINISHED and word in ("TIMEDOUT", "CANCELLED", "HWFAILURE", "PREEMPTED"):
            state = _ENDS[word] or state
        self._attempts.ended(i, state, code, at, reason if state == HWFAILURE else None)

    def _unsettled(self, i: int, verdict: Mapping[str, Any] | None, detail: str | None) -> None:
        self._step.row(i, UNKNOWN, reason=detail)
        if verdict is None:
            self._timers.ask_later(i, _PAUSE)
        # Otherwise the next poll gives the verdict again.

    def _never_ran(self, i: int, word: str | None, verdict: Mapping[str, Any] | None) -> None:
        """The attempt never ran and never will."""
        wall = self._step.now.wall
        attempt = self._state.attempt[i]
        code = verdict.get("exit_code") if verdict else None
        if self._state.cancelling or word == "CANCELLED":
            self._attempts.ended(i, CANCELLED, None, wall, _reason(verdict))
        elif word is None:
            self._attempts.again(i, f"attempt {attempt} never started", 0.0)
        elif word == "TIMEDOUT":
            # The same walltime would pass again, and there is nothing to restart from.
            said = _reason(verdict)
            self._attempts.leave(i)
            self._attempts.fail(
                i, TIMEDOUT, None, wall, f"{_TOO_SHORT} ({said})" if said else _TOO_SHORT
            )
        elif self._queues.is_local(i) or (word == "FAILED" and code in _DRIVER_CODES):
            # Not the node's fault: there is no room on the disk, say. That passes.
            self._attempts.again(i, f"attempt {attempt} could not write into its folder", _PAUSE)
        else:
            reason = _reason(verdict) or f"attempt {attempt} never started"
            self._attempts.ended(i, HWFAILURE, None, wall, reason)


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
    """What the scheduler gave as its reason, or what its word says by itself."""
    if not verdict:
        return None
    reason = verdict.get("reason")
    return str(reason) if reason else _WORDS.get(verdict["state"])
