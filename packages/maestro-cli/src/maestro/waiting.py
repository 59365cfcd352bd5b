"""Follow a study until it goes on no more. Reads its workspace, again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from maestro.errors import WaitTimeoutError
from maestro.reading import status, view
from maestro.records import Status

__all__ = ["follow", "wait"]

#: s of the first pause between two looks; it doubles up to what was asked for.
_FIRST = 0.02

#: What tells that a study may have changed: its journal's time and size, and whether it has a conductor.
_Mark = tuple[int, int, bool]


def follow(
    folder: Path, *, interval: float, timeout: float | None, sleep: Callable[[float], object]
) -> Iterator[Status]:
    """Yield how a study stands: at once, after each change, and when it has ended.

    Args:
        folder: The study's.
        interval: Longest pause between two looks, in s.
        timeout: s after which nobody looks any more; None: never.
        sleep: Waits.

    Raises:
        WaitTimeoutError: The time is over, and the study goes on.
    """
    end = None if timeout is None else time.monotonic() + timeout
    pause, seen = _FIRST, None
    while True:
        mark = _mark(folder)
        if mark != seen:
            now = status(view(folder, "follow"))
            yield now
            if now.done:
                return
            seen = mark
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            raise WaitTimeoutError(
                f"{folder} still runs after {timeout:g} s", "it goes on; ask again later", "timeout"
            )
        sleep(pause if left is None else min(pause, left))
        pause = min(2 * pause, interval)


def wait(
    folder: Path,
    *,
    timeout: float | None,
    progress: Callable[[Status], object] | None,
    interval: float,
) -> Status:
    """Wait until a study goes on no more, and return how it stands then.

    Args:
        folder: The study's.
        timeout: s after which it is not waited for any longer; None: never.
        progress: Called with each status that differs from the one before.
        interval: Longest pause between two looks, in s.

    Raises:
        WaitTimeoutError: The time is over, and the study goes on.
    """
    told: Status | None = None
    for told in follow(folder, interval=interval, timeout=timeout, sleep=time.sleep):
        if progress is not None:
            progress(told)
    assert told is not None  # noqa: S101 - the first comes at once
    return told


def _mark(folder: Path) -> _Mark:
    from maestro_conductor.workspace.conductor_lock import holder
    from maestro_conductor.workspace.paths import JOURNAL

    alive = holder(folder) is not None
    try:
        found = (folder / JOURNAL).stat()
    except FileNotFoundError:
        return 0, 0, alive
    return found.st_mtime_ns, found.st_size, alive
