"""Take in what polls, searches and attempt files say of attempts."""

from __future__ import annotations

from maestro_conductor.core.answers import (
    Answer,
    code_of,
    milliseconds_of,
    submitted_row,
    text_of,
)
from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.attempt_outcome import Finding, Outcomes, is_doubtful
from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.events import AttemptFileRead, Found, Polled
from maestro_conductor.core.in_flight import InFlight, InFlights
from maestro_conductor.core.instructions import ReadAttemptFile
from maestro_conductor.core.queues import LOCAL, Queues
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.timers import Timers
from maestro_conductor.model import records
from maestro_conductor.model.adapter_states import ENDS, LIVE
from maestro_conductor.model.states import (
    FAILED,
    FINISHED,
    FINISHING,
    PENDING,
    RUNNING,
    TIMEDOUT,
    UNKNOWN,
)

__all__ = ["JobReports"]

#: s for which a job that the scheduler does not know may still turn up, or its attempt file get
#: visible through a network file system.
_GRACE = 30.0


class JobReports:
    """Learns what became of attempts.

    Attributes:
        ends: local jobs that ended in this call of the machine.
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
        queue = self._queues[event.queue]
        jobs = queue.jobs
        for job, answer in event.jobs.items():
            i = jobs.get(job)
            if i is None:
                continue
            name = answer["state"]
            if name in LIVE:
                self._lives(i, name, answer)
            else:
                self.ends += event.queue == LOCAL
                self._ended(i, event.queue == LOCAL, answer)

    def _lives(self, i: int, name: str, answer: Answer) -> None:
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
        at = milliseconds_of(answer, "started") if new == RUNNING else None
        self._step.row(i, new, at=at, reason=reason)

    def _ended(self, i: int, local: bool, answer: Answer) -> None:
        """Take in that a job lives no longer."""
        name, code = answer["state"], code_of(answer)
        end = ENDS.get(name)
        if local and end is not None and _is_certain(name, code) and not self._may_lack(i, end):
            code = 0 if code is None and end == FINISHED else code
            at = milliseconds_of(answer, "ended") or self._step.now.wall
            self._attempts.ended(i, end, code, at, text_of(answer, "reason"))
        elif (known := self._in_flight[i]).verdict is None:
            # The attempt's own file knows best whether its command ran, when, and how it ended.
            if end is None:
                if known.missing is None:
                    known.missing = self._step.now.steady
                void = self._is_long_missing(known)
            else:
                void = end == TIMEDOUT or (end != FINISHED and is_doubtful(code))
            known.verdict = answer
            self._step.instruct(ReadAttemptFile(i, self._state.attempt[i], void))

    def _may_lack(self, i: int, end: int) -> bool:
        """Tell whether a result may be missing without which the instance has failed."""
        graph = self._step.graph
        return end in (FINISHED, FAILED) and graph.steps[graph.step_of[i]].requires_results

    # -- searches for attempts whose submission got no answer --

    def found(self, event: Found) -> None:
        """Take in what a search found for submissions whose answer never came."""
        queue = self._queues[event.queue]
        for i, attempt, answer in event.jobs:
            if not self._step.is_current(i, attempt):
                self._step.note_late(i, attempt, answer.get("job"))
            elif "job" in answer:
                row = submitted_row(i, attempt, answer)
                self._step.record(records.submitted(self._step.now.wall, [row]))
                queue.jobs[row.job] = i
                queue.unblock()
                if self._cancellation.is_unwanted(i):
                    self._cancellation.want(i)
            elif answer.get("absent") or queue.name == LOCAL:
                # Where a system does not let us look for processes, the attempt file has to do.
                self._step.instruct(ReadAttemptFile(i, attempt, True))
            else:
                if self._state.state[i] != UNKNOWN:
                    self._step.row(i, UNKNOWN, reason=str(answer.get("error")))
                self._timers.ask_later(i, queue.block(self._step.now.steady))

    def attempt_file_read(self, event: AttemptFileRead) -> None:
        """Take in what the attempt file says."""
        i, attempt = event.instance, event.attempt
        if not self._step.is_current(i, attempt):
            self._step.note_late(i, attempt, None)
            return
        verdict: Answer | None = None
        if (known := self._in_flight.get(i)) is not None:
            verdict, known.verdict = known.verdict, None
        if event.started is not None and self._state.state[i] == PENDING:
            self._step.row(i, RUNNING, at=event.started)  # it ran between two polls
        self._outcomes.decide(
            Finding(event, verdict or {}, self._step.now.wall),
            local=self._queues.is_local(i),
            long_missing=known is not None and self._is_long_missing(known),
        )

    def _is_long_missing(self, known: InFlight) -> bool:
        return known.missing is not None and self._step.now.steady - known.missing >= _GRACE


def _is_certain(name: str, code: int | None) -> bool:
    """Tell whether what is said of a local job needs no look at its attempt file."""
    return (
        name in ("FINISHED", "TIMEDOUT", "CANCELLED")
        or (name == "FAILED" and not is_doubtful(code))
        or (name == "HWFAILURE" and code is not None)  # it ran, and is lost all the same
    )
