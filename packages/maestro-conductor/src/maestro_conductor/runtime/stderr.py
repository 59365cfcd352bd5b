"""Tell people at once what the log cannot take."""

from __future__ import annotations

import contextlib
import sys
import time

__all__ = ["say"]


def say(line: str) -> None:
    """Write a line to stderr, with the time; where that is closed or full, it is lost."""
    with contextlib.suppress(OSError, ValueError):
        print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}", file=sys.stderr, flush=True)  # noqa: T201
