"""Stops jobs: TERM, a grace period, KILL; their sessions, and what left those."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Collection

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.processes import process_table
from maestro_adapters.local.processes.carriers import processes_of

__all__ = ["GRACE", "Stop", "Stops"]

#: s between TERM and KILL.
GRACE = 10.0
#: s after TERM until the first look at what is left; each pause is twice the one before.
_FIRST_LOOK = 0.05
#: s after KILL until what still lives is given up: the kernel does not let go of it.
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
        # The group is signalled as a whole, so that nothing it forks meanwhile is missed. Its id is
        # no other's as long as a member lives.
        alive = {process.group for process in there}
        groups = {
            job.session for job in jobs if job.session in alive or not process_table.can_scan()
        }
        _signal_groups(groups, signal.SIGTERM)
        for process in there:
            if process.group not in groups:
                process_table.send_signal(process, signal.SIGTERM)
        later(_FIRST_LOOK, self._keep_looking)
        later(grace, self._kill)

    def _keep_looking(self) -> None:
        self.look()
        if self.jobs:
            self._pause *= 2
            self._later(self._pause, self._keep_looking)

    def look(self) -> None:
        """See what is left. What a script starts to tidy up is left alone."""
        tokens = {process.token for process in processes_of(self.jobs)}
        for job in [job for job in self.jobs if job.ended and job.token not in tokens]:
            del self.jobs[job]

    def _kill(self) -> None:
        for process in processes_of(self.jobs):
            process_table.send_signal(process, signal.SIGKILL)
        if not process_table.can_scan():
            _signal_groups({job.session for job in self.jobs if not job.ended}, signal.SIGKILL)
        if self.jobs:
            self._later(_LAST_WORDS, self.jobs.clear)


class Stops:
    """The stops of a pool that are under way.

    Args:
        grace: s between TERM and KILL.
        later: calls a function after some seconds.
    """

    def __init__(self, grace: float, later: Callable[[float, Callable[[], None]], None]) -> None:
        self._grace = grace
        self._later = later
        self._stops: list[Stop] = []

    def stop(self, jobs: Collection[LocalJob]) -> None:
        """Stop jobs that run, together."""
        if jobs:
            self._stops.append(Stop(jobs, self._grace, self._later))

    def note_end(self, job: LocalJob) -> None:
        """Note that a job has ended, so that no pause is waited for where nothing of it is left."""
        for stop in self._stops:
            if job in stop.jobs:
                stop.look()

    def under_way(self) -> bool:
        """Return whether something is left of jobs that are being stopped."""
        self._stops = [stop for stop in self._stops if stop.jobs]
        return bool(self._stops)


def _signal_groups(groups: Collection[int | None], number: int) -> None:
    for group in groups:
        if group is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
