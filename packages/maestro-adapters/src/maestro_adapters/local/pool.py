"""As many jobs at a time as there are slots.

The keeper starts the scripts as slots become free, and tells of it; `wake_fd` becomes readable then. Who
calls `look` hears it. The pool reaps its own children only, and needs no signal handler: SIGCHLD is the
host program's.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence

from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.course import Course
from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.keeper.client import KeeperDiedError
from maestro_adapters.local.processes import process_table
from maestro_adapters.local.processes.carriers import attach
from maestro_adapters.local.processes.stop import GRACE, Stop
from maestro_adapters.local.system import System

__all__ = ["Pool"]


class Pool(Course):
    """The jobs of one adapter. Every method may be called from any thread, and none waits for a job.

    Args:
        slots: how many there are.
        environment: of every job, but for what tells which it is.
        grace: s between TERM and KILL.
        adopt: this process may become the parent of what a dead keeper leaves.
        system: what there is; None: this one.

    Attributes:
        broken: what ended the pool's thread, if it ended before its time.
    """

    def __init__(
        self,
        slots: int,
        environment: Mapping[str, str],
        grace: float = GRACE,
        *,
        adopt: bool = False,
        system: System | None = None,
    ) -> None:
        super().__init__(slots, environment, adopt=adopt, system=system or System())
        self._grace = grace
        self._closing = self._closed = False
        self.broken: BaseException | None = None

    # What callers ask.

    @property
    def slots(self) -> int:
        """How many there are in all."""
        return self._slots.total

    @property
    def wake_fd(self) -> int:
        """Readable while there is news that nobody asked for yet."""
        return self._ends.wake_fd

    def submit(self, jobs: Sequence[LocalJob]) -> list[str]:
        """Start jobs where there is room, or queue them; sets their `id`.

        Returns:
            Their states, as they begin: the end, however soon, is for `look` to tell.

        Raises:
            OSError: there is no keeper to be had, so none of them will start.
        """
        with self._lock:
            self._begin()
            if jobs:
                self._keeper()
            for job in jobs:
                room = self._slots.have_room(job)
                self._by_token[job.token] = self._slots.waiting[job.token] = job
                try:
                    self._keeper().start(job, self._slots.weigh(job), wait=room)
                except KeeperDiedError:
                    self._lose_keeper()
                except OSError:  # the one before died, and there is no room for another
                    self._ask_again()
                if room:
                    self._heed_all()
                if not job.id:
                    self._name(job, f"q{os.getpid()}.{next(self._count)}")
            self._flush()
            self._announce()
            pending = states.PENDING
            return [pending if job.status.state == pending else states.RUNNING for job in jobs]

    def look(self, ids: Sequence[str]) -> dict[str, LocalJob | None]:
        """Jobs as they are now, and None for an id that is none of ours; resets `wake_fd`."""
        with self._lock:
            if not self._closed:
                self._ends.still_bell()
                self._look_at_ends()
                self._orphans.reap(self._running)
                self._news = False
            return {job_id: self._jobs.get(job_id) for job_id in ids}

    def cancel(self, ids: Collection[str]) -> set[str]:
        """Stop jobs; returns the ids that are ours, ended ones included."""
        with self._lock:
            self._begin()
            jobs = {job_id: self._jobs[job_id] for job_id in ids if job_id in self._jobs}
            self._drop(jobs.values(), "cancelled before it started")
            self._stop(jobs.values(), states.CANCELLED)
            self._announce()
            return set(jobs)

    def withdraw(self, ids: Collection[str]) -> list[str]:
        """Have jobs not started that wait for a slot; gives the ids of those that never will be."""
        with self._lock:
            self._begin()
            jobs = {job_id: self._jobs[job_id] for job_id in ids if job_id in self._jobs}
            dropped = self._drop(jobs.values(), "withdrawn before it started")
            self._announce()
            return [job_id for job_id, job in jobs.items() if job in dropped]

    def find(self, tokens: Collection[str]) -> dict[str, LocalJob]:
        """The jobs of these tokens, those included that another, dead, process started.

        A job that is found is one of ours from then on.
        """
        with self._lock:
            self._begin()
            missing = {token for token in tokens if token not in self._by_token}
            for job in attach(missing) if missing else ():
                self._by_token[job.token] = job
                self._name(job, self._new_id(job.session or 0))
                self._take_slots(job)
                self._watch(job)
                if job.limit is not None and job.pid is not None:
                    self._limit(job, job.limit - process_table.age(job.pid))
            return {token: self._by_token[token] for token in tokens if token in self._by_token}

    def close(self, stop_jobs: bool) -> None:
        """End the thread, after the last kill that is under way.

        Args:
            stop_jobs: stop every job, and wait for their ends. Otherwise those that run go on,
                and those that wait for a slot never start.
        """
        with self._lock:
            if self._closing:
                return
            self._closing = True
            self._drop(list(self._slots.waiting.values()), "the adapter was closed")
            if stop_jobs:
                self._stop(list(self._running), states.CANCELLED)
            self._loop.attend(self._ends.wake_fd)
        self._loop.join()
        with self._lock:
            self._look_at_ends()
            self._closed = True
            if self._keeping is not None:
                self._ends.hear_no_more(self._keeping.fd)
                self._keeping.close(idle=not self._kept)
            self._loop.close()
            self._ends.close()
            self._orphans.close()

    def _begin(self) -> None:
        if self._closing:
            raise RuntimeError("this adapter is closed")

    # What the thread calls.

    def _work(self) -> bool:
        """See to what has ended or is overdue; False: nothing is left to do."""
        if self._closing:
            self._ends.still_bell()  # nobody else listens
        if self._overdue:
            self._stop(self._overdue, states.TIMEDOUT)
            self._overdue = []
        self._look_at_ends()
        self._stops = [stop for stop in self._stops if stop.jobs]
        if self._closing:
            return bool(self._stops)
        self._announce()
        return True

    def _note_death(self, error: BaseException) -> None:
        self.broken = error
        self._ends.ring_bell()

    def _announce(self) -> None:
        """Wake the caller, if something was heard that it did not ask for."""
        if self._news:
            self._news = False
            self._ends.ring_bell()

    # Stopping.

    def _stop(self, jobs: Collection[LocalJob], state: str) -> None:
        self._catch_up()
        for job in jobs:  # one that has ended already was not stopped by us
            self._look_after(job)
        running = [job for job in jobs if job in self._running and job.stopped_as is None]
        for job in running:
            job.stopped_as = state
        if running:
            self._stops.append(Stop(running, self._grace, self._loop.later))

    def _drop(self, jobs: Collection[LocalJob], reason: str) -> list[LocalJob]:
        """Have those not started that wait; gives them."""
        waiting = [job for job in jobs if job.token in self._slots.waiting]
        if not waiting:
            return []
        try:
            for job in waiting:
                self._keeper().drop(job)
        except KeeperDiedError:
            self._lose_keeper()
            return self._drop(jobs, reason)
        self._catch_up()
        dropped = [job for job in waiting if job.token in self._slots.waiting]
        for job in dropped:
            del self._slots.waiting[job.token]
            job.status = JobStatus(states.CANCELLED, native="dequeued", reason=reason)
            self._news = True
        return dropped
