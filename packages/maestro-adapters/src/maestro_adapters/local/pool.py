"""Runs as many jobs at a time as there are slots.

The keeper starts the scripts as slots become free, and reports it; `wake_fd` becomes readable then, and
`look` shows it. The pool reaps its own children only, and needs no signal handler: SIGCHLD is the
host program's.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Mapping, Sequence

from maestro_adapters.job import states
from maestro_adapters.local.alarm_thread import AlarmThread
from maestro_adapters.local.exit_watch import ExitWatch
from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.job_table import JobTable
from maestro_adapters.local.keeper.client import KeeperClient
from maestro_adapters.local.keeper_session import KeeperSession
from maestro_adapters.local.outcome import outcome
from maestro_adapters.local.processes import process_table
from maestro_adapters.local.processes.carriers import attach
from maestro_adapters.local.processes.stop import GRACE, Stops
from maestro_adapters.local.processes.subreaper import Orphans
from maestro_adapters.local.slots import Slots
from maestro_adapters.local.system import System
from maestro_adapters.local.time_limits import TimeLimits
from maestro_adapters.local.wakeup import Wakeup

__all__ = ["Pool"]


class Pool:
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
        system = system or System()
        host, boot = process_table.host_and_boot()
        variables = {os.fsencode(name): os.fsencode(value) for name, value in environment.items()}
        facts = f"host={host} boot={boot}"
        inherited = process_table.inherited_descriptors()
        self._lock = threading.Lock()
        self._alarms = AlarmThread(self._lock, self._work, self._note_death)
        self._wakeup = Wakeup()
        self._limits = TimeLimits(self._alarms.later)
        self._stops = Stops(grace, self._alarms.later)
        self._orphans = Orphans(adopt, system)
        self._table = JobTable(
            Slots(slots), host, on_start=self._note_start, on_end=self._stops.note_end
        )
        self._exit_watch = ExitWatch(
            self._wakeup,
            self._alarms.later,
            system,
            on_command_end=self._table.tell_of_left,
            on_end=self._end_watched,
        )
        self._keeper = KeeperSession(
            lambda: KeeperClient(variables, facts, inherited, system.python),
            self._table,
            self._exit_watch,
            self._orphans,
            self._wakeup,
            self._alarms.later,
        )
        self._closing = self._closed = False
        self.broken: BaseException | None = None

    # What callers ask.

    @property
    def slots(self) -> int:
        """How many there are in all."""
        return self._table.slots.total

    @property
    def wake_fd(self) -> int:
        """Readable while there is news that nobody asked for yet."""
        return self._wakeup.fd

    def submit(self, jobs: Sequence[LocalJob]) -> list[str]:
        """Start jobs where there is room, or queue them; sets their `id`.

        Returns:
            Their states at first: the end, however soon, is for `look` to tell.

        Raises:
            OSError: there is no keeper to be had, so none of them will start.
        """
        with self._lock:
            self._check_open()
            self._keeper.submit(jobs)
            self._wake_caller()
            pending = states.PENDING
            return [pending if job.status.state == pending else states.RUNNING for job in jobs]

    def look(self, ids: Sequence[str]) -> dict[str, LocalJob | None]:
        """Return jobs as they are now, and None for an id that is none of ours; resets `wake_fd`."""
        with self._lock:
            if not self._closed:
                self._wakeup.silence()
                self._hear_all()
                self._orphans.reap(self._table.running)
                self._table.changed = False
            return {job_id: self._table.by_id(job_id) for job_id in ids}

    def cancel(self, ids: Collection[str]) -> set[str]:
        """Stop jobs; returns the ids that are ours, those of ended jobs included."""
        with self._lock:
            self._check_open()
            jobs = self._known(ids)
            self._keeper.take_back(jobs.values(), "cancelled before it started")
            self._stop(jobs.values(), states.CANCELLED)
            self._wake_caller()
            return set(jobs)

    def withdraw(self, ids: Collection[str]) -> list[str]:
        """Have jobs that wait for a slot never started; returns the ids of those that never will be."""
        with self._lock:
            self._check_open()
            jobs = self._known(ids)
            withdrawn = self._keeper.take_back(jobs.values(), "withdrawn before it started")
            self._wake_caller()
            return [job_id for job_id, job in jobs.items() if job in withdrawn]

    def resize(self, slots: int) -> None:
        """Run jobs in another number of slots; what runs goes on, whether it has room or not.

        Jobs that wait keep the weight they were submitted with, which may be more than there is:
        they are to be withdrawn before.
        """
        with self._lock:
            self._check_open()
            self._keeper.catch_up()
            self._table.slots.resize(slots, self._table.running)
            self._keeper.update_room()

    def find(self, tokens: Collection[str]) -> dict[str, LocalJob]:
        """Return the jobs of these tokens, those included that another, dead, process started.

        A job that is found is one of ours from then on.
        """
        with self._lock:
            self._check_open()
            missing = {token for token in tokens if self._table.by_token(token) is None}
            for job in attach(missing) if missing else ():
                self._table.take_over(job)
                self._exit_watch.watch(job)
                self._keeper.update_room()
                if job.limit is not None and job.pid is not None:
                    self._limits.start(job, job.limit - process_table.age(job.pid))
            found = {token: self._table.by_token(token) for token in tokens}
            return {token: job for token, job in found.items() if job is not None}

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
            self._keeper.take_back(list(self._table.waiting.values()), "the adapter was closed")
            if stop_jobs:
                self._stop(list(self._table.running), states.CANCELLED)
            self._alarms.watch(self._wakeup.fd)
        self._alarms.join()
        with self._lock:
            self._hear_all()
            self._closed = True
            self._keeper.close()
            self._exit_watch.close()
            self._alarms.close()
            self._wakeup.close()
            self._orphans.close()

    def _check_open(self) -> None:
        if self._closing:
            raise RuntimeError("this adapter is closed")

    def _known(self, ids: Collection[str]) -> dict[str, LocalJob]:
        jobs = {job_id: self._table.by_id(job_id) for job_id in ids}
        return {job_id: job for job_id, job in jobs.items() if job is not None}

    # What the thread calls.

    def _work(self) -> bool:
        """See to what has ended or is overdue; False: nothing is left to do."""
        if self._closing:
            self._wakeup.silence()  # nobody else listens
        overdue = self._limits.take_overdue()
        if overdue:
            self._stop(overdue, states.TIMEDOUT)
        self._hear_all()
        stopping = self._stops.under_way()
        if self._closing:
            return stopping
        self._wake_caller()
        return True

    def _note_death(self, error: BaseException) -> None:
        self.broken = error
        self._wakeup.ring()

    # What the parts are told to call, and what they do together.

    def _note_start(self, job: LocalJob) -> None:
        self._orphans.expect(job.session or 0)
        if job.limit is not None:
            self._limits.start(job, job.limit)

    def _end_watched(self, job: LocalJob, code: int | None) -> None:
        self._table.end(job, outcome(job, code), time.time())
        self._keeper.update_room()

    def _hear_all(self) -> None:
        self._keeper.hear()
        self._exit_watch.look()

    def _wake_caller(self) -> None:
        """Wake the caller, if something became of a job that it did not ask for."""
        if self._table.changed:
            self._table.changed = False
            self._wakeup.ring()

    def _stop(self, jobs: Collection[LocalJob], state: str) -> None:
        self._keeper.catch_up()
        for job in jobs:  # one that has ended already was not stopped by us
            self._exit_watch.look_at(job)
        running = [job for job in jobs if job in self._table.running and job.stopped_as is None]
        for job in running:
            job.stopped_as = state
        self._stops.stop(running)
