"""Keep what is known of each instance: the sum of a journal's records.

`StudyState.apply` is the only thing that changes it, and it takes the journal's records. So a
replayed state and a live one cannot differ. All times are ms since 1970.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable
from typing import Any

from maestro_conductor.model import records
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
    SKIPPED,
    TIMEDOUT,
    UNKNOWN,
    WAITING,
)

__all__ = ["NONE", "REFUSED", "StudyState"]

#: In arrays of numbers: no value.
NONE = -1
#: In `StudyState.before`: the attempt was refused, so the same attempt may be submitted again.
REFUSED = -1

#: Requests that are remembered: the newest.
_MOST_REQUESTS = 1000

_CAUSE_CODES = {cause: code for code, cause in enumerate(CAUSES)}
_ENDS = frozenset({FINISHED, FAILED, INCOMPLETE, TIMEDOUT, HWFAILURE, CANCELLED, DRYRUN})


class StudyState:
    """The state of a study. Arrays have one element per instance; `NONE` is no value.

    Attributes:
        study_id: as in run.msgpack.
        own_id: names the study to schedulers; another one than `study_id` where it is a copy.
        foreign: instances that were in flight when the study was copied: those jobs are not ours.
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
        held: instances of which no attempt is to be submitted.
        ending: instances that somebody asked to cancel, and that are not in a final state yet.
        requests: records of the newest requests, for people.
        cancelling: somebody asked to cancel the study.
        resumed: somebody asked to resume at least once; then a dry run is one no longer.
        outcome: name of the study's final state and the exit code; None: it goes on.
        opened: the latest record of that kind.
        closed: why the latest conductor left; None: it runs, or it died.
        changes: rises with every change of an instance.
    """

    def __init__(self, instances: int, study_id: str = "", settings: Settings | None = None):
        zeros = bytes(4 * instances)
        nones = array("q", [NONE]) * instances
        self.study_id = self.own_id = study_id
        self.foreign: set[int] = set()
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
        self.held: set[int] = set()
        self.ending: set[int] = set()
        self.requests: deque[Record] = deque(maxlen=_MOST_REQUESTS)
        self.cancelling = False
        self.resumed = False
        self.outcome: tuple[str, int] | None = None
        self.opened: records.OpenedRecord | None = None
        self.closed: str | None = None
        self.has_settings = False
        self.changes = 0
        #: Each takes the kind of record that its name says.
        self._appliers: dict[str, Callable[[Any], None]] = {
            "intent": self._intent,
            "submitted": self._submitted,
            "state": self._state,
            "refused": self._refused,
            "settings": self._settings,
            "opened": self._opened,
            "closed": self._closed,
            "cancelled": self._cancelled,
            "resumed": self._resumed,
            "held": self._held,
            "released": self._released,
            "skipped": self._skipped,
            "request": self.requests.append,
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
        """Queue an instance that waits for nothing any more; derived, so never in the journal."""
        self._set(instance, QUEUED)

    def token(self, instance: int, attempt: int) -> str:
        """Return what names an attempt to the scheduler."""
        return f"m{self.own_id}.{instance}.{attempt}"

    def unfinished(self) -> int:
        """Return how many instances are in no final state."""
        return len(self.state) - sum([self.counts[code] for code in FINAL])

    def in_flight(self) -> int:
        """Return how many instances have an attempt that was submitted and has not ended."""
        return sum([self.counts[code] for code in IN_FLIGHT])

    def is_ending(self, i: int) -> bool:
        """Tell whether no other attempt of an instance is to be made, as it is being cancelled."""
        return self.cancelling or (bool(self.ending) and i in self.ending)

    # -- one applier for each kind of record --

    def _set(self, i: int, new: int) -> None:
        state, counts = self.state, self.counts
        counts[state[i]] -= 1
        counts[new] += 1
        state[i] = new
        self.changes += 1

    def _intent(self, record: records.IntentRecord) -> None:
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

    def _submitted(self, record: records.SubmittedRecord) -> None:
        time = record["time"]
        for i, _attempt, job, state, *_ in record["jobs"]:
            self.job[i] = job
            code = CODES.get(state, UNKNOWN)
            if code == RUNNING and self.started[i] == NONE:
                self.started[i] = time
            self._set(i, code)

    def _state(self, record: records.StateRecord) -> None:
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
            if self.foreign:
                self.foreign.discard(i)
            if self.held and new == FINISHED:
                self.held.discard(i)
            if self.ending and new in FINAL:
                self.ending.discard(i)
            self._set(i, new)

    def _refused(self, record: records.RefusedRecord) -> None:
        for i, _attempt, final, message, *_ in record["jobs"]:
            if final:
                self.refusals[i] += 1
            self.before[i] = REFUSED
            self.reason[i] = message
            self._set(i, WAITING)

    def _settings(self, record: records.SettingsRecord) -> None:
        self.has_settings = True
        self.settings = Settings(
            throttle=record["throttle"],
            rlimit=record["rlimit"],
            attempts=record["attempts"],
            sleep=record["sleep"],
            local_slots=record.get("local_slots"),
            batch=record.get("batch") or {},
        )

    def _opened(self, record: records.OpenedRecord) -> None:
        self.opened = record
        self.closed = None
        own_id = record.get("study_id") or self.own_id
        if own_id != self.own_id:
            self.own_id = own_id
            self.foreign = {i for i, code in enumerate(self.state) if code in IN_FLIGHT}

    def _closed(self, record: records.ClosedRecord) -> None:
        self.closed = record["reason"]

    def _cancelled(self, record: records.CancelledRecord) -> None:
        steps = record.get("steps")
        if steps is None:
            self.cancelling = True
        else:
            self.ending.update(i for i in steps if self.state[i] not in FINAL)

    def _held(self, record: records.HeldRecord) -> None:
        self.held.update(record["steps"])
        self.changes += 1

    def _released(self, record: records.ReleasedRecord) -> None:
        self.held.difference_update(record["steps"])
        self.changes += 1

    def _skipped(self, record: records.SkippedRecord) -> None:
        self.outcome = None
        for i in record["steps"]:
            self.reason.pop(i, None)
            self.before.pop(i, None)
            self.held.discard(i)
            self.ending.discard(i)
            self._set(i, SKIPPED)

    def _ended(self, record: records.EndedRecord) -> None:
        self.outcome = (record["state"], record["exit_code"])

    def _resumed(self, record: records.ResumedRecord) -> None:
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

    def _snapshot(self, record: records.SnapshotRecord) -> None:
        for i, row in enumerate(record["steps"], record["first"]):
            (
                state,
                self.attempt[i],
                self.job[i],
                _token,
                cause,
                script,
                self.restarts[i],
                self.resubmissions[i],
                self.retries[i],
                self.refusals[i],
                submitted,
                started,
                ended,
                exit_code,
                reason,
                *newer,
            ) = row
            self.cause[i] = _CAUSE_CODES.get(cause or "", 0)
            self.script[i] = script == "restart"
            self.submitted[i] = NONE if submitted is None else submitted
            self.started[i] = NONE if started is None else started
            self.ended[i] = NONE if ended is None else ended
            self.exit_code[i] = NONE if exit_code is None else exit_code
            self.before.pop(i, None)
            if newer and newer[0]:
                self.held.add(i)
            if reason is not None:
                self.reason[i] = reason
            else:
                self.reason.pop(i, None)
            self._set(i, CODES.get(state, UNKNOWN))
