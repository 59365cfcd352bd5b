"""Knows the jobs of a pool: their names, which of them wait, which run, and what is known of them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable

import attrs

from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.outcome import ended, left_behind
from maestro_adapters.local.slots import Slots

__all__ = ["JobTable"]


class JobTable:
    """All jobs of a pool, from their submission on.

    First come, first served: so a big job is not passed for ever. Which job starts next, the keeper
    decides, by the same rule.

    Args:
        slots: that running jobs take.
        host: name of this machine, which jobs run on.
        on_start: told of each job whose script has been started for us.
        on_end: told of each job that ran and has ended.

    Attributes:
        slots: as given.
        waiting: jobs that have not started, by their tokens, in their order.
        running: jobs that run, in the order of their starts.
        changed: something became of a job since a caller last looked.
    """

    def __init__(
        self,
        slots: Slots,
        host: str,
        *,
        on_start: Callable[[LocalJob], None],
        on_end: Callable[[LocalJob], None],
    ) -> None:
        self.slots = slots
        self._host = host
        self._on_start = on_start
        self._on_end = on_end
        self._by_id: dict[str, LocalJob] = {}
        self._by_token: dict[str, LocalJob] = {}
        self.waiting: dict[str, LocalJob] = {}
        self.running: dict[LocalJob, None] = {}
        self.changed = False
        self._count = itertools.count(1)

    def by_id(self, job_id: str) -> LocalJob | None:
        """Return the job that has, or had, this id."""
        return self._by_id.get(job_id)

    def by_token(self, token: str) -> LocalJob | None:
        """Return the job of a submission."""
        return self._by_token.get(token)

    def has_room(self, job: LocalJob) -> bool:
        """Return whether a new job may start at once: it fits, and none that came before it waits."""
        return not self.waiting and self.slots.fits(job)

    def add(self, job: LocalJob) -> None:
        """Have a new job wait for its start."""
        self._by_token[job.token] = self.waiting[job.token] = job

    def name_waiting(self, job: LocalJob) -> None:
        """Give a job that has no process an id: ``q<pid>.<n>``, with the process id of this program."""
        self._name(job, f"q{os.getpid()}.{next(self._count)}")

    def start(self, job: LocalJob, pid: int, now: float) -> None:
        """Note that the script of a job that waited runs now; an id that it had stays valid.

        Args:
            job: which.
            pid: of its script, which leads its session.
            now: s since 1970.
        """
        self.waiting.pop(job.token, None)
        job.pid = job.session = pid
        self._name(job, self._new_id(pid))
        nodes = (self._host,)
        job.status = JobStatus(states.RUNNING, native="running", started=now, nodes=nodes)
        self._take_slots(job)
        self.changed = True
        self._on_start(job)

    def take_over(self, job: LocalJob) -> None:
        """Add a job that another process started and that runs."""
        self._by_token[job.token] = job
        self._name(job, self._new_id(job.session or 0))
        self._take_slots(job)

    def tell_of_left(self, job: LocalJob, code: int, left: str) -> None:
        """Note that a job's command has ended, and that it waits for what that left in the background."""
        reason = f"its command has ended with exit code {code}; still {left_behind(left)}"
        job.status = attrs.evolve(job.status, reason=reason)
        self.changed = True

    def end(self, job: LocalJob, status: JobStatus, now: float) -> None:
        """Note that a job that ran has ended, at `now`, in s since 1970."""
        job.status = ended(status, job.status, now)
        del self.running[job]
        self.slots.give_back(job)
        self.changed = True
        self._on_end(job)

    def end_unstarted(self, job: LocalJob, status: JobStatus, now: float) -> None:
        """Note that a job that waited has ended, and that nobody saw it run."""
        self.waiting.pop(job.token, None)
        job.status = ended(status, job.status, now)
        self.changed = True

    def take_back(self, jobs: Iterable[LocalJob], status: JobStatus) -> None:
        """Note that jobs that waited never start."""
        for job in jobs:
            del self.waiting[job.token]
            job.status = status
            self.changed = True

    def _name(self, job: LocalJob, job_id: str) -> None:
        job.id = job_id
        self._by_id[job_id] = job

    def _new_id(self, pid: int) -> str:
        """Return the process id, unless a job before this one had the same."""
        return str(pid) if str(pid) not in self._by_id else f"{pid}.{next(self._count)}"

    def _take_slots(self, job: LocalJob) -> None:
        self.running[job] = None
        self.slots.take(job)
