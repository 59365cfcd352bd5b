"""Stops jobs: TERM, a grace period, KILL; their sessions, and what left those."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Collection

from maestro_adapters.local import processes
from maestro_adapters.local.carriers import processes_of
from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.processes import Process

__all__ = ["GRACE", "Stop"]

#: s between TERM and KILL.
GRACE = 10.0
#: s after TERM until the first look at what is left; each pause is twice the one before.
_FIRST_LOOK = 0.05
#: s that a driver has to write the exit code of a script which was killed.
_LAST_WORDS = 1.0


class Stop:
    """Jobs that are being stopped together. TERM is sent at once, the rest is done later.

    Args:
        jobs: that run.
        grace: s between TERM and KILL.
        later: calls a function after some seconds.

    Attributes:
        jobs: those of which something is left.
    """

    def __init__(
        self,
        jobs: Collection[LocalJob],
        grace: float,
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self.jobs = dict.fromkeys(jobs)
        self._later = later
        self._pause = _FIRST_LOOK
        there = processes_of(jobs)
        self._warned = _scripts(there)
        # The group is signalled as a whole, so that nothing it forks meanwhile is missed. Its id
        # cannot be another's: its leader is our child, and not reaped yet.
        groups = {job.session for job in jobs if job.child}
        _signal_groups(jobs, signal.SIGTERM)
        for process in there:
            if process.group not in groups:
                processes.send_signal(process, signal.SIGTERM)
        later(_FIRST_LOOK, self._look_again)
        later(grace, self._kill)

    def _look_again(self) -> None:
        self.look()
        if self.jobs:
            self._pause *= 2
            self._later(self._pause, self._look_again)

    def look(self) -> None:
        """See what is left.

        A script that its driver started only after TERM had come, or that was still a fork of the
        driver then and caught it as that does, gets it now. Whatever else is new was started to tidy
        up, and is left alone.
        """
        left = processes_of(self.jobs)
        tokens = {process.token for process in left}
        for job in [job for job in self.jobs if job.ended and job.token not in tokens]:
            del self.jobs[job]
        drivers = self._drivers()
        for process in left:
            if process.pid not in self._warned and process.parent in drivers:
                processes.send_signal(process, signal.SIGTERM)
        self._warned |= _scripts(left)

    def _kill(self) -> None:
        """Kill all but the drivers, which then write the exit codes."""
        drivers = self._drivers()
        for process in processes_of(self.jobs):
            if process.pid not in drivers:
                processes.send_signal(process, signal.SIGKILL)
        if self.jobs:
            self._later(_LAST_WORDS, self._kill_drivers)

    def _kill_drivers(self) -> None:
        for process in processes_of(self.jobs):
            processes.send_signal(process, signal.SIGKILL)
        _signal_groups(self.jobs, signal.SIGKILL)
        self.jobs.clear()

    def _drivers(self) -> set[int | None]:
        return {job.pid for job in self.jobs if not job.ended and not job.orphan}


def _scripts(found: Collection[Process]) -> set[int]:
    return {process.pid for process in found if not process.is_driver}


def _signal_groups(jobs: Collection[LocalJob], number: int) -> None:
    for job in jobs:
        if job.child and not job.ended and job.session is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(job.session, number)
