"""What is known of each instance: the sum of a journal's records.

`StudyState.apply` is the only thing that changes it, and it takes the journal's records. So a
replayed state and a live one cannot differ. All times are ms since 1970.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Any

from maestro_conductor.model.records import CAUSES, Record
from maestro_conductor.model.settings import Settings
from maestro_conductor.model.states import (
    CANCELLED,
    CODES,
    DRYRUN,
    FAILED,
    FINAL,
    FINISHED,
    HWFAILURE,
    IN_FLIGHT,
    INCOMPLETE,
    INITIALIZED,
    NAMES,
    PENDING,
    QUEUED,
    RUNNING,
    TIMEDOUT,
    UNKNOWN,
    WAITING,
)

__all__ = ["NONE", "REFUSED", "StudyState"]

#: In arrays of numbers: no value.
NONE = -1
#: In `StudyState.before`: the attempt was refused, so the same attempt may be submitted again.
REFUSED = -1

_CAUSE_CODES = {cause: code for code, cause in enumerate(CAUSES)}
_ENDS = frozenset({FINISHED, FAILED, INCOMPLETE, TIMEDOUT, HWFAILURE, CANCELLED, DRYRUN})


class StudyState:
    """The state of a study. Arrays have one element per instance; `NONE` is no value.

    Attributes:
        study_id: as in run.msgpack.
        settings: in force now.
        state: codes of `maestro_conductor.model.states`.
        attempt: the latest attempt; 0: none yet.
        job: its job.
        cause, script: of the latest attempt: place in `CAUSES`; 0 main, 1 restart.
        restarts, resubmissions, retries, refusals: since the instance was last resumed.
        submitted: first submission since then.
        started, ended, exit_code: of the latest attempt.
        reason: instance → text for people.
        before: of instances that are to be submitted again: the state from which they came, or
            `REFUSED`.
        previous: of the attempt before the latest one, where there was one: its number, job,
            started and cause.
        counts: how many instances are in each state, by code.
        cancelling: somebody asked to cancel.
        resumed: somebody asked to resume at least once; then a dry run is one no longer.
        outcome: name of the study's final state and the exit code; None: it goes on.
        opened: the latest record of that kind.
        closed: why the latest conductor left; None: it runs, or it died.
        changes: rises with every change of an instance.
    """

    def __init__(self, instances: int, study_id: str = "", settings: Settings | None = None):
        zeros = bytes(4 * instances)
        nones = array("q", [NONE]) * instances
        self.study_id = study_id
        self.settings = settings or Settings()
        self.state = bytearray(instances)
        self.attempt = array("I", zeros)
        self.job: list[str | None] = [None] * instances
        self.cause = bytearray(instances)
        self.script = bytearray(instances)
        self.restarts = array("I", zeros)
        self.resubmissions = array("I", zeros)
        self.retries = array("I", zeros)
        self.refusals = array("I", zeros)
        self.submitted = nones[:]
        self.started = nones[:]
        self.ended = nones[:]
        self.exit_code = array("i", [NONE]) * instances
        self.reason: dict[int, str] = {}
        self.before: dict[int, int] = {}
        self.previous: dict[int, tuple[int, str | None, int, int]] = {}
        self.counts = [0] * len(NAMES)
        self.counts[INITIALIZED] = instances
        self.cancelling = False
        self.resumed = False
        self.outcome: tuple[str, int] | None = None
        self.opened: Record | None = None
        self.closed: str | None = None
        self.has_settings = False
        self.changes = 0
        self._appliers: dict[str, Callable[[Record], None]] = {
            "intent": self._intent,
            "submitted": self._submitted,
            "state": self._state,
            "refused": self._refused,
            "settings": self._settings,
            "opened": self._opened,
            "closed": self._closed,
            "cancelled": self._cancelled,
            "resumed": self._resumed,
            "ended": self._ended,
            "snapshot": self._snapshot,
        }

    def __len__(self) -> int:
        return len(self.state)

    def apply(self, record: Record) -> None:
        """Take in a record of the journal; kinds that are not known are ignored."""
        applier = self._appliers.get(record["kind"])
        if applier is not None:
            applier(record)

    def mark_queued(self, instance: int) -> None:
        """Everything that the instance waits for is there; derived, so never in the journal."""
        self._set(instance, QUEUED)

    def token(self, instance: int, attempt: int) -> str:
        """Names an attempt to the scheduler."""
        return f"m{self.study_id}.{instance}.{attempt}"

    def unfinished(self) -> int:
        """How many instances are in no final state."""
        return len(self.state) - sum([self.counts[code] for code in FINAL])

    def in_flight(self) -> int:
        """How many instances have an attempt that was announced and has not ended."""
        return sum([self.counts[code] for code in IN_FLIGHT])

    def snapshot_rows(self, first: int, last: int) -> Iterator[list[Any]]:
        """Rows `SnapshotRow` of the instances ``first`` to ``last - 1``.

        One that is to be submitted again is shown in the state from which it came: a record of
        kind ``state`` has to follow, see `queued_again`.
        """
        for i in range(first, last):
            attempt = self.attempt[i]
            state = self.state[i]
            if i in self.before:
                state = PENDING if self.before[i] == REFUSED else self.before[i]
            elif state == QUEUED:
                state = INITIALIZED
            yield [
                NAMES[state],
                attempt,
                self.job[i],
                self.token(i, attempt) if attempt else None,
                CAUSES[self.cause[i]] if attempt else None,
                ("main", "restart")[self.script[i]] if attempt else None,
                self.restarts[i],
                self.resubmissions[i],
                self.retries[i],
                self.refusals[i],
                _or_none(self.submitted[i]),
                _or_none(self.started[i]),
                _or_none(self.ended[i]),
                _or_none(self.exit_code[i]),
                self.reason.get(i),
            ]

    # -- one applier for each kind of record --

    def _set(self, i: int, new: int) -> None:
        state, counts = self.state, self.counts
        counts[state[i]] -= 1
        counts[new] += 1
        state[i] = new
        self.changes += 1

    def _intent(self, record: Record) -> None:
        time = record["time"]
        for i, attempt, _token, cause, script, *_ in record["jobs"]:
            if attempt > 1 and attempt != self.attempt[i]:
                self.previous[i] = (self.attempt[i], self.job[i], self.started[i], self.cause[i])
            self.attempt[i] = attempt
            self.cause[i] = _CAUSE_CODES.get(cause, 0)
            self.script[i] = script == "restart"
            if self.before.pop(i, None) != REFUSED:
                if cause == "restart":
                    self.restarts[i] += 1
                elif cause == "retry":
                    self.retries[i] += 1
            self.job[i] = None
            self.started[i] = self.ended[i] = NONE
            self.exit_code[i] = NONE
            if self.reason:
                self.reason.pop(i, None)
            if self.submitted[i] == NONE:
                self.submitted[i] = time
            self._set(i, PENDING)

    def _submitted(self, record: Record) -> None:
        time = record["time"]
        for i, _attempt, job, state, *_ in record["jobs"]:
            self.job[i] = job
            code = CODES.get(state, UNKNOWN)
            if code == RUNNING and self.started[i] == NONE:
                self.started[i] = time
            self._set(i, code)

    def _state(self, record: Record) -> None:
        for i, _attempt, name, at, exit_code, reason, *_ in record["steps"]:
            new = CODES.get(name, UNKNOWN)
            old = self.state[i]
            if new == RUNNING:
                if self.started[i] == NONE:
                    self.started[i] = at
            elif new in _ENDS:
                self.ended[i] = at
                self.exit_code[i] = NONE if exit_code is None else exit_code
                self.before.pop(i, None)
                if new == HWFAILURE:
                    self.resubmissions[i] += 1
            elif (
                new in (WAITING, QUEUED)
                and self.attempt[i]
                and i not in self.before
                # What is queued for the first time never left INITIALIZED for the journal.
                and old not in (INITIALIZED, QUEUED)
            ):
                self.before[i] = old
            if reason is not None:
                self.reason[i] = reason
            elif self.reason:
                self.reason.pop(i, None)
            self._set(i, new)

    def _refused(self, record: Record) -> None:
        for i, _attempt, final, message, *_ in record["jobs"]:
            if final:
                self.refusals[i] += 1
            self.before[i] = REFUSED
            self.reason[i] = message
            self._set(i, WAITING)

    def _settings(self, record: Record) -> None:
        self.has_settings = True
        self.settings = Settings(
            throttle=record["throttle"],
            rlimit=record["rlimit"],
            attempts=record["attempts"],
            sleep=record["sleep"],
        )

    def _opened(self, record: Record) -> None:
        self.opened = record
        self.closed = None

    def _closed(self, record: Record) -> None:
        self.closed = record["reason"]

    def _cancelled(self, _record: Record) -> None:
        self.cancelling = True

    def _ended(self, record: Record) -> None:
        self.outcome = (record["state"], record["exit_code"])

    def _resumed(self, record: Record) -> None:
        self.cancelling = False
        self.resumed = True
        self.outcome = None
        for i in record["steps"]:
            self.job[i] = None
            self.restarts[i] = self.resubmissions[i] = self.retries[i] = self.refusals[i] = 0
            self.submitted[i] = self.started[i] = self.ended[i] = NONE
            self.exit_code[i] = NONE
            self.reason.pop(i, None)
            self.before.pop(i, None)
            self._set(i, INITIALIZED)

    def _snapshot(self, record: Record) -> None:
        for i, row in enumerate(record["steps"], record["first"]):
            self.attempt[i] = row[1]
            self.job[i] = row[2]
            self.cause[i] = _CAUSE_CODES.get(row[4], 0)
            self.script[i] = row[5] == "restart"
            self.restarts[i], self.resubmissions[i] = row[6], row[7]
            self.retries[i], self.refusals[i] = row[8], row[9]
            self.submitted[i] = NONE if row[10] is None else row[10]
            self.started[i] = NONE if row[11] is None else row[11]
            self.ended[i] = NONE if row[12] is None else row[12]
            self.exit_code[i] = NONE if row[13] is None else row[13]
            self.before.pop(i, None)
            if row[14] is not None:
                self.reason[i] = row[14]
            else:
                self.reason.pop(i, None)
            self._set(i, CODES.get(row[0], UNKNOWN))


def _or_none(value: int) -> int | None:
    return None if value == NONE else value
