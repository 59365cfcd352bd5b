"""Make the records of the journal: their fields, their rows, and a function for each kind.

They are those of the workspace format page, "Records"; a test compares them. Rows have names where
they are made. From a file they come as lists, perhaps longer ones, of a later version: whoever takes
records in unpacks their rows, with ``*_`` at the end, and asks none by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypedDict

from maestro_conductor.model.settings import Settings

__all__ = [
    "CAUSES",
    "IntentRow",
    "Record",
    "RefusedRow",
    "SnapshotRow",
    "StateRow",
    "SubmittedRow",
    "cancelled",
    "closed",
    "ended",
    "intent",
    "opened",
    "refused",
    "resumed",
    "settings",
    "snapshot",
    "state",
    "submitted",
]

#: Why an attempt is made, by the code in `StudyState.cause`.
CAUSES = ("first", "restart", "resubmission", "retry", "resume")


class IntentRow(NamedTuple):
    """An attempt that is about to be submitted."""

    instance: int
    attempt: int
    token: str
    cause: str
    script: str


class SubmittedRow(NamedTuple):
    """An attempt that has a job."""

    instance: int
    attempt: int
    job: str
    state: str


class RefusedRow(NamedTuple):
    """An attempt whose submission did not take place."""

    instance: int
    attempt: int
    final: bool
    message: str


class StateRow(NamedTuple):
    """A change of an instance's state; `at` is in ms since 1970."""

    instance: int
    attempt: int
    state: str
    at: int
    exit_code: int | None = None
    reason: str | None = None


class SnapshotRow(NamedTuple):
    """All that is known of an instance."""

    state: str
    attempt: int
    job: str | None
    token: str | None
    cause: str | None
    script: str | None
    restarts: int
    resubmissions: int
    retries: int
    refusals: int
    submitted: int | None
    started: int | None
    ended: int | None
    exit_code: int | None
    reason: str | None


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


class SettingsRecord(TypedDict):
    """All settings in force from here on."""

    kind: Literal["settings"]
    time: int
    source: str
    throttle: int
    rlimit: int
    attempts: int
    sleep: float


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


class CancelledRecord(TypedDict):
    """Somebody asked to cancel the study."""

    kind: Literal["cancelled"]
    time: int


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


Record = (
    OpenedRecord
    | SettingsRecord
    | IntentRecord
    | SubmittedRecord
    | RefusedRecord
    | StateRecord
    | CancelledRecord
    | ResumedRecord
    | EndedRecord
    | ClosedRecord
    | SnapshotRecord
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


def cancelled(time: int) -> CancelledRecord:
    """Return the record that somebody asked to cancel the study."""
    return {"kind": "cancelled", "time": time}


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
