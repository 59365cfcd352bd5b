"""Lock files, by kernel locks that die with their holder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["is_at", "is_locked", "take_lock"]

#: How often a lock is tried, and s between two tries.
_TRIES, _PAUSE = 10, 0.03


def take_lock(descriptor: int) -> bool:
    """Lock a file; False: somebody else has it.

    Who merely asks may have it for a moment, so several tries count.

    Raises:
        OSError: it cannot be locked, as where the file system has no locks.
    """
    for number in range(_TRIES):
        if number:
            time.sleep(_PAUSE)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


def is_locked(path: Path) -> bool:
    """Tell whether somebody has the lock of a file; False, too, where that cannot be seen."""
    try:
        descriptor = open_regular(path)
    except OSError:
        return False
    try:  # a shared lock needs no permission to write, and no conductor's leaves room for it
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def is_at(path: Path, descriptor: int) -> bool:
    """Tell whether a file that is open is still the one in that place."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # a file server that is gone for a moment
        return True
