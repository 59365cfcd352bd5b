"""Keeps enforced walltimes: tells which jobs have run for longer than they may."""

from __future__ import annotations

from collections.abc import Callable

from maestro_adapters.local.job import LocalJob

__all__ = ["TimeLimits"]


class TimeLimits:
    """The walltimes of running jobs.

    Args:
        later: calls a function after some seconds.
    """

    def __init__(self, later: Callable[[float, Callable[[], None]], None]) -> None:
        self._later = later
        self._overdue: list[LocalJob] = []

    def start(self, job: LocalJob, seconds: float) -> None:
        """Let a job be overdue after so many seconds."""
        self._later(seconds, lambda: self._overdue.append(job))

    def take_overdue(self) -> list[LocalJob]:
        """Return the jobs that became overdue since the last call.

        Those whose walltimes end together are stopped together, with one look at all processes.
        """
        overdue, self._overdue = self._overdue, []
        return overdue
