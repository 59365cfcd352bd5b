"""List the words in which adapters report on jobs, and what each means for the attempt.

See docs/adapters.md.
"""

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

__all__ = ["ENDS", "LIVE"]

#: The state of an attempt whose job lives; None: it stays what it was.
LIVE = {
    "PENDING": PENDING,
    "RUNNING": RUNNING,
    "SUSPENDED": RUNNING,
    "FINISHING": FINISHING,
    "UNKNOWN": None,
    "UNREACHABLE": None,
}
#: The state in which a job's end leaves the attempt; None: the word does not say.
ENDS = {
    "FINISHED": FINISHED,
    "FAILED": FAILED,
    "TIMEDOUT": TIMEDOUT,
    "CANCELLED": CANCELLED,
    "HWFAILURE": HWFAILURE,
    "PREEMPTED": HWFAILURE,
    "NOTFOUND": None,
}
