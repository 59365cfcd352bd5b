"""Where a driver is killed, its script becomes our child, so that its exit code is not lost.

A process that is a "child subreaper" becomes the parent of its descendants when their own parent dies
(prctl(2), PR_SET_CHILD_SUBREAPER; Linux since 3.4). It has to reap them all, so a host program must
want this: see the option ``adopt``.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from maestro_adapters.local.processes import read_stat

__all__ = ["become_subreaper", "reap_orphans", "script_of"]

#: linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36


def become_subreaper() -> bool:
    """Adopt from now on what the children of this process leave; False: this system cannot."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    return bool(prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def script_of(session: int) -> int | None:
    """The process that a dead driver left as our child: its script, whether that has ended or not.

    A driver starts nothing else, so the script is the oldest process of its session.
    """
    own = os.getpid()
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208
        stat = read_stat(int(name)) if name.isdigit() else None
        if stat is not None and (stat.parent, stat.session) == (own, session):
            found.append((stat.started, int(name)))
    return min(found)[1] if found else None


def reap_orphans(sessions: Collection[int], known: Collection[int | None]) -> None:
    """Take the exit codes of adopted processes that nobody asks for.

    Args:
        sessions: of the jobs; a child of another session is the host program's.
        known: processes whose end is waited for elsewhere.
    """
    for pid in _children():
        stat = None if pid in known else read_stat(pid)
        if stat is not None and stat.state == "Z" and stat.session in sessions:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _children() -> Iterator[int]:
    """Our children; one may be missing that comes or goes while we look: proc(5)."""
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has ended, or a kernel without the file
            yield from map(int, (thread / "children").read_text().split())
