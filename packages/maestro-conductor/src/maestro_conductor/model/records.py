"""Make the records of the journal: their fields, their rows, and a function for each kind.

They are those of the workspace format page, "Records"; a test compares them. Rows have names where
they are made. From a file they come as lists, perhaps longer ones, of a later version: whoever takes
records in unpacks their rows, with ``*_`` at the end, and asks none by name.
"""

# Without `annotations` from `__future__`: they are those of maps and rows, and the text of each would be
# compiled whenever a command starts.

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from maestro_conductor.model.record_rows import (
    IntentRow,
    RefusedRow,
    SnapshotRow,
    StateRow,
    SubmittedRow,
)
from maestro_conductor.model.settings import Settings

__all__ = [
    "CAUSES",
    "AmendedRecord",
    "IntentRow",
    "Record",
    "RefusedRow",
    "SnapshotRow",
    "StateRow",
    "SubmittedRow",
    "amended",
    "cancelled",
    "closed",
    "ended",
    "held",
    "intent",
    "opened",
    "refused",
    "released",
    "request",
    "resumed",
    "settings",
    "skipped",
    "snapshot",
    "state",
    "submitted",
]

#: Why an attempt is made, by the code in `StudyState.cause`.
CAUSES = ("first", "restart", "resubmission", "retry", "resume")


class _Opened(TypedDict):
    kind: Literal["opened"]
    time: int
    host: str
    boot: str
    pid: int
    conductor: str


class OpenedRecord(_Opened, total=False):
    """A conductor took over the workspace; before version 1.1 it did not say where that was."""

    root: str
    study_id: str
    folder: list[int] | None


class _Settings(TypedDict):
    kind: Literal["settings"]
    time: int
    source: str
    throttle: int
    rlimit: int
    attempts: int
    sleep: float


class SettingsRecord(_Settings, total=False):
    """All settings in force from here on; before version 1.1 there were fewer."""

    local_slots: int | None
    batch: Mapping[str, object] | None


class IntentRecord(TypedDict):
    """Attempts are about to be submitted."""

    kind: Literal["intent"]
    time: int
    jobs: Sequence[IntentRow]


class SubmittedRecord(TypedDict):
    """Submissions were accepted, or found."""

    kind: Literal["submitted"]
    time: int
    jobs: Sequence[SubmittedRow]


class RefusedRecord(TypedDict):
    """Submissions did not take place."""

    kind: Literal["refused"]
    time: int
    jobs: Sequence[RefusedRow]


class StateRecord(TypedDict):
    """Instances changed their states."""

    kind: Literal["state"]
    time: int
    steps: list[StateRow]


class _Cancelled(TypedDict):
    kind: Literal["cancelled"]
    time: int


class CancelledRecord(_Cancelled, total=False):
    """Somebody asked to cancel the study, or some instances of it."""

    steps: list[int] | None


class HeldRecord(TypedDict):
    """Somebody asked to hold instances."""

    kind: Literal["held"]
    time: int
    steps: list[int]


class ReleasedRecord(TypedDict):
    """Somebody asked to let held instances run."""

    kind: Literal["released"]
    time: int
    steps: list[int]


class SkippedRecord(TypedDict):
    """Somebody asked to skip instances."""

    kind: Literal["skipped"]
    time: int
    steps: list[int]


class RequestRecord(TypedDict):
    """A request was taken in, or refused."""

    kind: Literal["request"]
    time: int
    request: str
    by: str | None
    text: str
    instances: int
    accepted: bool
    message: str


class ResumedRecord(TypedDict):
    """Somebody asked to run instances again."""

    kind: Literal["resumed"]
    time: int
    steps: list[int]


class EndedRecord(TypedDict):
    """Every instance is in a final state."""

    kind: Literal["ended"]
    time: int
    state: str
    exit_code: int


class ClosedRecord(TypedDict):
    """The conductor left the workspace on purpose."""

    kind: Literal["closed"]
    time: int
    reason: str


class SnapshotRecord(TypedDict):
    """All that is known of some instances, from the first on."""

    kind: Literal["snapshot"]
    time: int
    first: int
    steps: Sequence[SnapshotRow]


class AmendedRecord(TypedDict):
    """The study was amended; the numbers are those of the instances that were kept, and so on."""

    kind: Literal["amended"]
    time: int
    by: str | None
    amendment: str
    kept: int
    changed: int
    again: int
    new: int
    gone: int


Record = (
    OpenedRecord
    | SettingsRecord
    | IntentRecord
    | SubmittedRecord
    | RefusedRecord
    | StateRecord
    | CancelledRecord
    | ResumedRecord
    | HeldRecord
    | ReleasedRecord
    | SkippedRecord
    | RequestRecord
    | EndedRecord
    | ClosedRecord
    | SnapshotRecord
    | AmendedRecord
)


def opened(
    time: int,
    host: str,
    boot: str,
    pid: int,
    conductor: str,
    root: str,
    study_id: str,
    folder: list[int] | None = None,
) -> OpenedRecord:
    """Return the record of a conductor that took over the workspace.

    Args:
        time: ms since 1970.
        host: where it runs.
        boot: its boot id.
        pid: of the conductor.
        conductor: its version.
        root: absolute path of the workspace.
        study_id: names the study to schedulers from here on.
        folder: device and inode number of its ``.maestro/``; None: that says nothing there.
    """
    return {
        "kind": "opened",
        "time": time,
        "host": host,
        "boot": boot,
        "pid": pid,
        "conductor": conductor,
        "root": root,
        "study_id": study_id,
        "folder": folder,
    }


def settings(time: int, source: str, values: Settings) -> SettingsRecord:
    """Return the record of all settings in force from here on."""
    return {
        "kind": "settings",
        "time": time,
        "source": source,
        "throttle": values.throttle,
        "rlimit": values.rlimit,
        "attempts": values.attempts,
        "sleep": values.sleep,
        "local_slots": values.local_slots,
        "batch": dict(values.batch) or None,
    }


def intent(time: int, jobs: Sequence[IntentRow]) -> IntentRecord:
    """Return the record of attempts that are about to be submitted."""
    return {"kind": "intent", "time": time, "jobs": jobs}


def submitted(time: int, jobs: Sequence[SubmittedRow]) -> SubmittedRecord:
    """Return the record of submissions that were accepted, or found."""
    return {"kind": "submitted", "time": time, "jobs": jobs}


def refused(time: int, jobs: Sequence[RefusedRow]) -> RefusedRecord:
    """Return the record of submissions that did not take place."""
    return {"kind": "refused", "time": time, "jobs": jobs}


def state(time: int, steps: list[StateRow]) -> StateRecord:
    """Return the record of changes of state; more rows may be appended until it is written."""
    return {"kind": "state", "time": time, "steps": steps}


def cancelled(time: int, steps: Sequence[int] | None = None) -> CancelledRecord:
    """Return the record that somebody asked to cancel the study, or some instances of it."""
    return {"kind": "cancelled", "time": time, "steps": None if steps is None else list(steps)}


def held(time: int, steps: Sequence[int]) -> HeldRecord:
    """Return the record that somebody asked to hold these instances."""
    return {"kind": "held", "time": time, "steps": list(steps)}


def released(time: int, steps: Sequence[int]) -> ReleasedRecord:
    """Return the record that somebody asked to let these instances run."""
    return {"kind": "released", "time": time, "steps": list(steps)}


def skipped(time: int, steps: Sequence[int]) -> SkippedRecord:
    """Return the record that somebody asked to skip these instances."""
    return {"kind": "skipped", "time": time, "steps": list(steps)}


def request(
    time: int,
    request: str,
    by: str | None,
    text: str,
    instances: int,
    accepted: bool,
    message: str,
) -> RequestRecord:
    """Return the record of a request that was taken in, or refused."""
    return {
        "kind": "request",
        "time": time,
        "request": request,
        "by": by,
        "text": text,
        "instances": instances,
        "accepted": accepted,
        "message": message,
    }


def resumed(time: int, steps: Sequence[int]) -> ResumedRecord:
    """Return the record that somebody asked to run these instances again."""
    return {"kind": "resumed", "time": time, "steps": list(steps)}


def ended(time: int, state: str, exit_code: int) -> EndedRecord:
    """Return the record that every instance is in a final state."""
    return {"kind": "ended", "time": time, "state": state, "exit_code": exit_code}


def closed(time: int, reason: str) -> ClosedRecord:
    """Return the record that the conductor left the workspace on purpose."""
    return {"kind": "closed", "time": time, "reason": reason}


def snapshot(time: int, first: int, steps: Sequence[SnapshotRow]) -> SnapshotRecord:
    """Return the record of all that is known of some instances, from ``first`` on."""
    return {"kind": "snapshot", "time": time, "first": first, "steps": steps}


def amended(time: int, by: str | None, amendment: str, counts: Mapping[str, int]) -> AmendedRecord:
    """Return the record that the study was amended.

    Args:
        time: ms since 1970.
        by: who asked.
        amendment: its id.
        counts: ``kept``, ``changed``, ``again``, ``new`` and ``gone``.
    """
    return {
        "kind": "amended",
        "time": time,
        "by": by,
        "amendment": amendment,
        "kept": counts["kept"],
        "changed": counts["changed"],
        "again": counts["again"],
        "new": counts["new"],
        "gone": counts["gone"],
    }
