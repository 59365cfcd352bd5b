"""Decide what became of an attempt, by its attempt file and by what the scheduler said of its job.

The decision is `TABLE`; docs/step-states.md, "What a scheduler's answer leads to", shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import attrs

from maestro_conductor.core.answers import Answer, code_of, milliseconds_of, text_of
from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.events import AttemptFileRead
from maestro_conductor.core.retry_policy import classify_exit
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.timers import Timers
from maestro_conductor.model.adapter_states import ENDS
from maestro_conductor.model.graph import FailureRule
from maestro_conductor.model.states import CANCELLED, FAILED, FINISHED, HWFAILURE, TIMEDOUT, UNKNOWN

__all__ = [
    "TABLE",
    "Finding",
    "Outcomes",
    "Row",
    "file_word",
    "first_row",
    "is_doubtful",
    "job_word",
]

#: The driver's exit codes when nothing ran: the attempt file could not be made, or was there
#: already. A step's own command may end with them too; the attempt file tells.
_DRIVER_CODES = (73, 75)
#: s before an attempt that could not make its file, or whose file could not be read, is tried again.
_PAUSE = 5.0

#: A job that a signal ended before its driver could write how the script did. It is not run again
#: by itself: the signal may have been the script's own doing, and the script may still be at work.
_KILLED = "a signal ended the job before it could write down how its script ended"
#: Ends that a scheduler may leave without a reason: people want to know why the step runs again.
_REASONS = {"PREEMPTED": "preempted by the scheduler"}
#: It is not run again by itself.
_TOO_SHORT = "its walltime passed before its script began"


@attrs.frozen
class Finding:
    """What is known of an attempt whose file was looked at.

    Attributes:
        event: what the attempt file says.
        answer: what the scheduler last said of its job; empty: a search found none.
        wall: ms since 1970, now.
    """

    event: AttemptFileRead
    answer: Answer
    wall: int

    @property
    def i(self) -> int:
        """Return the instance."""
        return self.event.instance

    @property
    def code(self) -> int | None:
        """Return the exit code: of the attempt file where that has an end, else the scheduler's."""
        return self.event.exit_code or 0 if self.event.fate == "ended" else code_of(self.answer)

    @property
    def at(self) -> int:
        """Return when it ended, as far as is known: ms since 1970."""
        return self.event.at or milliseconds_of(self.answer, "ended") or self.wall

    @property
    def end(self) -> int:
        """Return the state that the scheduler's word stands for; HWFAILURE, where it stands for none."""
        return ENDS.get(self.answer.get("state", "")) or HWFAILURE

    @property
    def reason(self) -> str | None:
        """Return the scheduler's reason, for people, or what its word says by itself."""
        return text_of(self.answer, "reason") or _REASONS.get(self.answer.get("state", ""))


class Outcomes:
    """What a row of the table leads to, each by its name."""

    def __init__(self, step: StepChange, timers: Timers, attempts: AttemptEnds) -> None:
        self._step = step
        self._timers = timers
        self._attempts = attempts

    def decide(self, finding: Finding, *, local: bool, long_missing: bool) -> None:
        """Do what the first row that fits says.

        Args:
            finding: what is known of the attempt.
            local: it is a local step.
            long_missing: the scheduler has said ``NOTFOUND`` for longer than a job takes to turn up.
        """
        event, answer = finding.event, finding.answer
        file = file_word(event.fate, event.exit_code, self._step.graph.failure(event.instance))
        job = job_word(answer["state"], code_of(answer), long_missing) if answer else None
        row = first_row(file, job, local, self._step.state.is_ending(event.instance))
        row.outcome(self, finding)

    def by_exit_code(self, f: Finding) -> None:
        """Judge a command that ended by itself by its exit code and the step's own rule."""
        # Of a local script it says what that left in the background.
        reason = None if self._step.graph.scheduled[f.i] else text_of(f.answer, "reason")
        self._attempts.ended(f.i, FINISHED, f.code or 0, f.at, reason, f.event.lacks)

    def stopped(self, f: Finding) -> None:
        """End a command that somebody, or the walltime, stopped and that could still say how it ended."""
        self._attempts.ended(f.i, f.end, f.code, f.at, None)

    def as_told(self, f: Finding) -> None:
        """Believe the scheduler."""
        self._attempts.ended(f.i, f.end, f.code, f.at, f.reason, f.event.lacks)

    def killed(self, f: Finding) -> None:
        """Fail an attempt whose driver a signal ended, and perhaps not its script."""
        self._attempts.ended(f.i, FAILED, f.code, f.at, _KILLED)

    def lost(self, f: Finding) -> None:
        """Give up an attempt that started, and of which nobody will ever say how it ended."""
        # A keeper that died is the same trouble whether its conductor lived or not.
        deleted = f.event.fate == "deleted"
        reason = (None if deleted else f.reason) or f.event.detail or "ended without a trace"
        self._attempts.ended(f.i, HWFAILURE, None, f.at, reason)

    def cancelled(self, f: Finding) -> None:
        """Cancel an attempt that never started."""
        self._attempts.ended(f.i, CANCELLED, None, f.wall, f.reason)

    def submit_again(self, f: Finding) -> None:
        """Submit another attempt: the submission of this one got lost."""
        self._attempts.again(f.i, f"attempt {f.event.attempt} never started", 0.0)

    def submit_later(self, f: Finding) -> None:
        """Submit another attempt after a pause: the node is not to blame, but a full disk, say."""
        reason = f"attempt {f.event.attempt} could not write into its folder"
        self._attempts.again(f.i, reason, _PAUSE)

    def too_short(self, f: Finding) -> None:
        """Time out for good: the same walltime would pass again, and there is nothing to restart from."""
        reason = f"{_TOO_SHORT} ({f.reason})" if f.reason else _TOO_SHORT
        self._attempts.leave(f.i)
        self._attempts.fail(f.i, TIMEDOUT, None, f.wall, reason)

    def never_started(self, f: Finding) -> None:
        """Submit another attempt: something happened to the job before its script started."""
        reason = f.reason or f"attempt {f.event.attempt} never started"
        self._attempts.ended(f.i, HWFAILURE, None, f.wall, reason)

    def search_later(self, f: Finding) -> None:
        """Search for the attempt after a pause, as nobody else will report on it."""
        self._step.row(f.i, UNKNOWN, reason=f.event.detail)
        self._timers.ask_later(f.i, _PAUSE)

    def unknown(self, f: Finding) -> None:
        """Leave it to the next poll, which reports the same, so that the file is read again."""
        self._step.row(f.i, UNKNOWN, reason=f.event.detail)

    def wait(self, f: Finding) -> None:
        """Leave it to the next poll, until the time of grace has passed."""


@attrs.frozen
class Row:
    """A row of the table. A column that is empty fits everything.

    Attributes:
        file: words of `file_word`.
        job: words of `job_word`.
        when: what must hold besides.
        outcome: what is done.
        becomes: the same, for people.
    """

    file: tuple[str, ...]
    job: tuple[str | None, ...]
    when: str
    outcome: Callable[[Outcomes, Finding], None]
    becomes: str

    def fits(self, file: str, job: str | None, conditions: tuple[str, ...]) -> bool:
        """Tell whether the row is about such an attempt."""
        return (
            file in self.file
            and (not self.job or job in self.job)
            and (not self.when or self.when in conditions)
        )


_ANY: tuple[()] = ()
_NO_END = ("started", "absent")
_NO_FILE = ("absent", "deleted")
_SUCCESS = "`FINISHED`, whatever stopped its job afterwards"
_BY_CODE = "by its exit code: `FAILED` or `INCOMPLETE`"
_BY_JOBS_CODE = "by the scheduler's exit code; a network file system is slow"
_RESTART = "`TIMEDOUT`; then `QUEUED` for the restart command, within `rlimit`"
_RESUBMIT = "`HWFAILURE`; then `QUEUED`, at most 10 times"
_CANCEL = "`CANCELLED`, and with it all that waits for it"
_POLL = "as it was, until the next poll"
_NO_RESTART = "`TIMEDOUT`, and not restarted: there is nothing that it could go on from"
_KILL = (
    "`FAILED`, exit code 128 + n; not run again by itself, as its script may still be at work where "
    "the scheduler let it"
)

#: The first row that fits counts.
TABLE = (
    # the attempt file, the scheduler, what else must hold, what is done, the same for people
    Row(("success",), _ANY, "", Outcomes.by_exit_code, _SUCCESS),
    Row(("ended",), ("TIMEDOUT",), "", Outcomes.stopped, _RESTART),
    Row(("ended",), ("CANCELLED",), "", Outcomes.stopped, _CANCEL),
    Row(("ended",), ("HWFAILURE", "PREEMPTED"), "", Outcomes.as_told, _RESUBMIT),
    Row(("ended",), _ANY, "", Outcomes.by_exit_code, _BY_CODE),
    Row(("deleted",), ("CANCELLED",), "", Outcomes.as_told, _CANCEL),
    Row(_NO_FILE, ("NOTFOUND", "NOTFOUND for 30 s"), "", Outcomes.wait, _POLL),
    Row(("deleted",), _ANY, "", Outcomes.lost, _RESUBMIT),
    Row(_NO_END, ("FINISHED",), "", Outcomes.by_exit_code, _BY_JOBS_CODE),
    Row(_NO_END, ("FAILED", "FAILED by its driver"), "scheduled", Outcomes.as_told, _BY_JOBS_CODE),
    Row(_NO_END, ("FAILED by a signal",), "scheduled", Outcomes.killed, _KILL),
    Row(_NO_END, ("TIMEDOUT",), "", Outcomes.as_told, _RESTART),
    Row(_NO_END, ("CANCELLED",), "", Outcomes.as_told, _CANCEL),
    Row(("started",), ("NOTFOUND",), "scheduled", Outcomes.wait, _POLL),
    Row(_NO_END, _ANY, "", Outcomes.lost, _RESUBMIT),
    Row(("void",), _ANY, "cancelling", Outcomes.cancelled, _CANCEL),
    Row(("void",), ("CANCELLED",), "", Outcomes.cancelled, _CANCEL),
    Row(("void",), (None,), "", Outcomes.submit_again, "`QUEUED`"),
    Row(("void",), ("TIMEDOUT",), "", Outcomes.too_short, _NO_RESTART),
    Row(("void",), _ANY, "local", Outcomes.submit_later, "`WAITING` for 5 s"),
    Row(("void",), ("FAILED by its driver",), "", Outcomes.submit_later, "`WAITING` for 5 s"),
    Row(("void",), _ANY, "", Outcomes.never_started, _RESUBMIT),
    Row(("error",), (None,), "", Outcomes.search_later, "`UNKNOWN`; read again after 5 s"),
    Row(("error",), _ANY, "", Outcomes.unknown, "`UNKNOWN`, until the next poll"),
)


@lru_cache(maxsize=1024)
def first_row(file: str, job: str | None, local: bool, cancelling: bool) -> Row:
    """Return the row of the table that counts for an attempt.

    Args:
        file: a word of `file_word`.
        job: a word of `job_word`; None: a search found none.
        local: it is a local step.
        cancelling: the study, or the instance, is being cancelled.
    """
    conditions = ("local" if local else "scheduled", *(["cancelling"] if cancelling else []))
    return next(row for row in TABLE if row.fits(file, job, conditions))


def file_word(fate: str, exit_code: int | None, rule: FailureRule) -> str:
    """Return what an attempt file says, as the table has it.

    Args:
        fate: of `AttemptFileRead`.
        exit_code: where it ended; None: 0.
        rule: of the step.

    Returns:
        The fate; an end that the step's rule calls one with success is ``success``.
    """
    if fate == "ended" and classify_exit(exit_code or 0, rule) == FINISHED:
        return "success"
    return fate


def job_word(word: str, code: int | None, long_missing: bool) -> str:
    """Return what a scheduler says of a job that has ended, as the table has it.

    Args:
        word: of the adapter interface.
        code: exit code that the scheduler gave.
        long_missing: it has said ``NOTFOUND`` for longer than a job takes to turn up.
    """
    if word == "FAILED" and code is not None:
        if code in _DRIVER_CODES:
            return "FAILED by its driver"
        if code > 128:
            return "FAILED by a signal"
    return "NOTFOUND for 30 s" if word == "NOTFOUND" and long_missing else word


def is_doubtful(code: int | None) -> bool:
    """Tell whether an exit code may be another's than that of the step's script."""
    # A driver that a signal ended may have been killed before it started anything.
    return code is None or code in _DRIVER_CODES or code > 128
