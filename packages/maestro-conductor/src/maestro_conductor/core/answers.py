"""Read what adapters answer, in the builtin types that cross their boundary: see docs/adapters.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maestro_conductor.model.records import SubmittedRow

__all__ = ["Answer", "code_of", "milliseconds_of", "submitted_row", "text_of"]

#: What an adapter says of a job. Read by the functions below, to which what is not of its documented
#: type was not said; but a quiet poll of many jobs reads it in place.
Answer = Mapping[str, Any]


def text_of(answer: Answer, key: str) -> str | None:
    """Return a text for people."""
    text = answer.get(key)
    return text if isinstance(text, str) else None


def code_of(answer: Answer) -> int | None:
    """Return the exit code of a job."""
    code = answer.get("exit_code")
    return code if isinstance(code, int) else None


def milliseconds_of(answer: Answer, key: str) -> int | None:
    """Return a time, in ms since 1970."""
    seconds = answer.get(key)
    return int(seconds * 1000) if isinstance(seconds, int | float) and seconds else None


def submitted_row(i: int, attempt: int, answer: Answer) -> SubmittedRow:
    """Return the row of an attempt whose job was accepted, or found.

    A job that has ended by then is shown as running: its end, with all that belongs to it, is told
    by the next poll.
    """
    state = "PENDING" if answer.get("state") == "PENDING" else "RUNNING"
    return SubmittedRow(i, attempt, str(answer["job"]), state)
