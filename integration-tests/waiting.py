"""The one way in which these tests wait for what another process does."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable


def wait_until(
    condition: Callable[[], object],
    what: str = "it",
    patience: float = 120,
    interval: float = 0.02,
) -> None:
    """Look until something holds. The time-out only ends a test that has failed already.

    Args:
        condition: true once it holds; something outside this process makes it so.
        what: for the message.
        patience: s, so long that no busy machine needs it.
        interval: s between two looks.

    Raises:
        AssertionError: it did not come about.
    """
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about in {patience} s")
        time.sleep(interval)


def ended_within(pid: int, seconds: float) -> bool:
    """Whether a process ends in so many s; returns as soon as it does. A zombie has ended."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], seconds)[0])
    finally:
        os.close(process)
