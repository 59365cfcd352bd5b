"""The words in which adapters tell of jobs, and what each means for the attempt. See docs/adapters.md."""

from __future__ import annotations

from maestro_conductor.model.states import (
    CANCELLED,
    FAILED,
    FINISHED,
    FINISHING,
    HWFAILURE,
    PENDING,
    RUNNING,
    TIMEDOUT,
)

__all__ = ["ENDS", "LIVE", "submitted_state"]

#: The state of an attempt whose job lives; None: it stays what it was.
LIVE = {
    "PENDING": PENDING,
    "RUNNING": RUNNING,
    "SUSPENDED": RUNNING,
    "FINISHING": FINISHING,
    "UNKNOWN": None,
    "UNREACHABLE": None,
}
#: The state in which a job's end leaves the attempt; None: the word does not tell.
ENDS = {
    "FINISHED": FINISHED,
    "FAILED": FAILED,
    "TIMEDOUT": TIMEDOUT,
    "CANCELLED": CANCELLED,
    "HWFAILURE": HWFAILURE,
    "PREEMPTED": HWFAILURE,
    "NOTFOUND": None,
}


def submitted_state(word: str | None) -> str:
    """Return the state of a job that was accepted or found, as a ``submitted`` record has it.

    A job that has ended by then is shown as running: its end, with all that belongs to it, is told
    by the next poll.
    """
    return "PENDING" if word == "PENDING" else "RUNNING"
