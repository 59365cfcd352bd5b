"""Take in what polls, searches and attempt files say of attempts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.attempt_outcome import (
    Finding,
    Outcomes,
    file_word,
    is_doubtful,
    job_word,
)
from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.events import Found, Polled, Settled
from maestro_conductor.core.in_flight import InFlights
from maestro_conductor.core.instructions import Settle
from maestro_conductor.core.queues import LOCAL, Queues
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.timers import Timers
from maestro_conductor.model import records
from maestro_conductor.model.adapter_states import ENDS, LIVE, submitted_state
from maestro_conductor.model.states import (
    FINISHED,
    FINISHING,
    HWFAILURE,
    PENDING,
    RUNNING,
    TIMEDOUT,
    UNKNOWN,
)

__all__ = ["JobReports"]

#: s for which a job that the scheduler does not know may still turn up, or its attempt file get
#: visible through a network file system.
_GRACE = 30.0
#: Ends that a scheduler may leave without a reason: people want to know why the step runs again.
_REASONS = {"PREEMPTED": "preempted by the scheduler"}


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
        self._outcomes = Outcomes(step, timers, attempts)
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
                self._ended(i, event.lane == LOCAL, answer)

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

    def _ended(self, i: int, local: bool, answer: Mapping[str, Any]) -> None:
        """A job lives no longer."""
        name, code = answer["state"], answer.get("exit_code")
        end = ENDS.get(name)
        if local and end is not None and _is_certain(name, code):
            code = 0 if code is None and end == FINISHED else code
            at = _ended_at(answer) or self._step.now.wall
            self._attempts.ended(i, end, code, at, answer.get("reason"))
        elif (known := self._in_flight[i]).verdict is None:
            # The attempt's own file knows best whether its command ran, when, and how it ended.
            if end is None:
                if known.missing is None:
                    known.missing = self._step.now.steady
                void = self._is_long_missing(i)
            else:
                void = end == TIMEDOUT or (end != FINISHED and is_doubtful(code))
            known.verdict = answer
            self._step.instruct(Settle(i, self._state.attempt[i], void))

    # -- searches for attempts whose submission got no answer --

    def found(self, event: Found) -> None:
        """Take in what a search for submissions found whose answer never came."""
        lane = self._queues[event.lane]
        for i, attempt, answer in event.jobs:
            if not self._step.is_current(i, attempt):
                self._step.note_late(i, attempt, answer.get("job"))
            elif "job" in answer:
                self._step.record(
                    records.submitted(
                        self._step.now.wall,
                        [[i, attempt, answer["job"], submitted_state(answer.get("state"))]],
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
        if event.started is not None and self._state.state[i] == PENDING:
            self._step.row(i, RUNNING, at=event.started)  # it ran between two polls
        told: Mapping[str, Any] = verdict or {}
        word, code = told.get("state"), told.get("exit_code")
        self._outcomes.settle(
            Finding(
                i,
                attempt,
                file=file_word(event.fate, event.exit_code, self._step.graph.failure(i)),
                job=None if word is None else job_word(word, code, self._is_long_missing(i)),
                end=ENDS.get(word or "") or HWFAILURE,
                local=self._queues.is_local(i),
                cancelling=self._state.cancelling,
                code=event.exit_code or 0 if event.fate == "ended" else code,
                at=event.at or _ended_at(told) or self._step.now.wall,
                reason=_reason(told),
                detail=event.detail,
            )
        )

    def _is_long_missing(self, i: int) -> bool:
        known = self._in_flight.get(i)
        since = known.missing if known is not None else None
        return since is not None and self._step.now.steady - since >= _GRACE


def _is_certain(name: str, code: int | None) -> bool:
    """Tell whether what is said of a local job needs no look at its attempt file."""
    return name in ("FINISHED", "TIMEDOUT", "CANCELLED") or (
        name == "FAILED" and not is_doubtful(code)
    )


def _ended_at(answer: Mapping[str, Any]) -> int | None:
    ended = answer.get("ended")
    return int(ended * 1000) if ended else None


def _reason(answer: Mapping[str, Any]) -> str | None:
    """Return what the scheduler gave as its reason, or what its word says by itself."""
    reason = answer.get("reason")
    return str(reason) if reason else _REASONS.get(answer.get("state", ""))
