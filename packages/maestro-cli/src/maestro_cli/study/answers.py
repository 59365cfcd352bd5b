"""Wait for what a conductor says to a request, and read it."""

from __future__ import annotations

import json
import time
from pathlib import Path

from attrs import frozen

from maestro_conductor.workspace.regular_files import read_regular

__all__ = ["Answer", "await_answer", "read_answer", "taken"]

#: Bytes that an answer may have.
_MOST = 1 << 16
#: Seconds for which a person waits for an answer; a conductor looks at least once a second.
PATIENCE = 5.0
#: Seconds between the first two looks, and between later ones.
_SHORT, _LONG = 0.01, 0.1


@frozen
class Answer:
    """What a conductor said to a request.

    Attributes:
        accepted: It did what was asked for.
        message: What it did, or why not.
        instances: How many that concerned.
    """

    accepted: bool
    message: str
    instances: int


def await_answer(root: Path, request: Path, *, patience: float = PATIENCE) -> Answer | None:
    """Wait until a conductor has answered a request.

    Args:
        root: The workspace.
        request: The request's file, as it was written.
        patience: Seconds after which we wait no longer.

    Returns:
        None: it has not.
    """
    path = root / ".maestro" / "answers" / request.name
    end = time.monotonic() + patience
    pause = _SHORT
    while (answer := read_answer(path)) is None:
        if time.monotonic() > end:
            return None
        time.sleep(pause)
        pause = min(2 * pause, _LONG)
    return answer


def read_answer(path: Path) -> Answer | None:
    """Read an answer's file; None: there is none, or none that says anything."""
    try:
        value = json.loads(read_regular(path, _MOST))
        return Answer(value["accepted"] is True, str(value["message"]), int(value["instances"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def taken(request: Path, *, patience: float = 3.0) -> bool:
    """Wait until the conductor has claimed a request; it looks at least once a second.

    Args:
        request: The request's file.
        patience: Seconds after which we wait no longer.

    Returns:
        Whether it has.
    """
    end = time.monotonic() + patience
    while request.exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
