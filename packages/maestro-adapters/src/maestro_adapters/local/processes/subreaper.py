"""Makes the scripts of a killed keeper our children, so that no exit code is lost.

A process that is a "child subreaper" becomes the parent of its descendants when their own parent dies
(prctl(2), PR_SET_CHILD_SUBREAPER; Linux since 3.4). It has to reap them all, so a host program must
want this: see the option ``adopt``.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.keeper.spawn import interpreter
from maestro_adapters.local.processes.process_table import read_stat
from maestro_adapters.local.system import System

__all__ = ["Orphans", "become_subreaper", "reap_orphans"]

#: linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37


class Orphans:
    """What the jobs of a pool leave behind, where this process may adopt.

    Args:
        adopt: it may.
        system: what there is.

    Attributes:
        adopts: it does.
    """

    def __init__(self, adopt: bool, system: System) -> None:
        self._adopted_before = _is_subreaper()
        self.adopts = adopt and system.can_scan() and become_subreaper()
        self._sessions: set[int] = set()
        self._interval = system.reap_interval
        self._next_reaping = 0.0

    def expect(self, session: int) -> None:
        """Note that the script of a job leads this session."""
        if self.adopts:
            self._sessions.add(session)

    def close(self) -> None:
        """Adopt no more, unless this process did so before."""
        if self.adopts and not self._adopted_before:
            become_subreaper(False)
        self.adopts = False

    def find_unknown(self, script: str) -> int | None:
        """Find the process of a script whose keeper died before it could say which that is.

        Such a process is our child by now, leads its session, runs the script's interpreter, and is no
        script that was expected.
        """
        try:
            words = interpreter(os.fsencode(script))
        except OSError:
            return None
        name = (words or [os.fsencode(script)])[0].rpartition(b"/")[2][:15]
        found = []
        for pid in _children() if self.adopts else ():
            stat = read_stat(pid)
            if stat and (stat.session, stat.name) == (pid, name) and pid not in self._sessions:
                found.append((stat.started, pid))
        return max(found)[1] if found else None

    def reap(self, running: Iterable[LocalJob]) -> None:
        """Take the exit codes that nobody asks for, once in a while.

        Args:
            running: jobs that are left alone: what ended there may be a script whose keeper's death
                has not been noticed yet.
        """
        now = time.monotonic()
        if self.adopts and now >= self._next_reaping:
            self._next_reaping = now + self._interval
            reap_orphans(self._sessions - {job.session for job in running})


def become_subreaper(wanted: bool = True) -> bool:
    """Adopt from now on what the children of this process leave, or not; False: it cannot be said."""
    return _prctl(_PR_SET_CHILD_SUBREAPER, int(wanted))


def _is_subreaper() -> bool:
    is_one = ctypes.c_int(0)
    return _prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(is_one)) and bool(is_one.value)


def _prctl(option: int, argument: object) -> bool:
    """Call prctl(2); False: it failed, or this system has none."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    return bool(prctl(option, argument, 0, 0, 0) == 0)


def reap_orphans(sessions: Collection[int]) -> None:
    """Take the exit codes of adopted processes of these sessions."""
    for pid in _children():
        stat = read_stat(pid)
        if stat is not None and stat.state == "Z" and stat.session in sessions:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _children() -> Iterator[int]:
    """Yield our children; one may be missing that comes or goes while we look: proc(5)."""
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has ended, or a kernel without the file
            yield from map(int, (thread / "children").read_text().split())
