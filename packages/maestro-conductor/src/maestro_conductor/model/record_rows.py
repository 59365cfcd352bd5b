"""Name the elements of the rows in the journal's records: those of the workspace format page."""

# Without `annotations` from `__future__`: they are those of maps and rows, and the text of each would be
# compiled whenever a command starts.

from typing import NamedTuple

__all__ = ["IntentRow", "RefusedRow", "SnapshotRow", "StateRow", "SubmittedRow"]


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
    held: bool = False
