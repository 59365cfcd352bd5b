"""The records of the journal: one function for each kind, which gives its map.

Their fields are those of the workspace format page, "Records". Rows are lists, as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maestro_conductor.model.settings import Settings

__all__ = [
    "CAUSES",
    "Record",
    "cancelled",
    "closed",
    "ended",
    "intent",
    "opened",
    "refused",
    "resumed",
    "settings",
    "state",
    "submitted",
]

Record = dict[str, Any]

#: Why an attempt is made, by the code in `StudyState.cause`.
CAUSES = ("first", "restart", "resubmission", "retry", "resume")


def opened(time: int, host: str, boot: str, pid: int, conductor: str) -> Record:
    """A conductor took over the workspace."""
    return {
        "kind": "opened",
        "time": time,
        "host": host,
        "boot": boot,
        "pid": pid,
        "conductor": conductor,
    }


def settings(time: int, source: str, values: Settings) -> Record:
    """All settings in force from here on."""
    return {
        "kind": "settings",
        "time": time,
        "source": source,
        "throttle": values.throttle,
        "rlimit": values.rlimit,
        "attempts": values.attempts,
        "sleep": values.sleep,
    }


def intent(time: int, jobs: Sequence[Sequence[Any]]) -> Record:
    """Rows: instance, attempt, token, cause, script."""
    return {"kind": "intent", "time": time, "jobs": jobs}


def submitted(time: int, jobs: Sequence[Sequence[Any]]) -> Record:
    """Rows: instance, attempt, job, state."""
    return {"kind": "submitted", "time": time, "jobs": jobs}


def refused(time: int, jobs: Sequence[Sequence[Any]]) -> Record:
    """Rows: instance, attempt, final, message."""
    return {"kind": "refused", "time": time, "jobs": jobs}


def state(time: int, steps: Sequence[Sequence[Any]]) -> Record:
    """Rows: instance, attempt, state, at, exit code, reason."""
    return {"kind": "state", "time": time, "steps": steps}


def cancelled(time: int) -> Record:
    """Somebody asked to cancel the study."""
    return {"kind": "cancelled", "time": time}


def resumed(time: int, steps: Sequence[int]) -> Record:
    """Somebody asked to run these instances again."""
    return {"kind": "resumed", "time": time, "steps": list(steps)}


def ended(time: int, state: str, exit_code: int) -> Record:
    """Every instance is in a final state."""
    return {"kind": "ended", "time": time, "state": state, "exit_code": exit_code}


def closed(time: int, reason: str) -> Record:
    """The conductor left the workspace on purpose."""
    return {"kind": "closed", "time": time, "reason": reason}
