"""Starts and ends processes: as many jobs at a time as there are slots.

When a job ends its pidfd becomes readable, and so does `wake_fd`. Whoever comes first, the caller
with `status` or the pool's own thread (`Loop`), takes the exit codes and starts what now has room.
The thread alone does so when a walltime or a grace period is over. The pool reaps its own children
only, and needs no signal handler: SIGCHLD is the host program's.
"""

from __future__ import annotations

import errno
import itertools
import os
import threading
import time
from collections.abc import Collection, Mapping, Sequence

from maestro_adapters import states
from maestro_adapters.local import processes
from maestro_adapters.local.adoption import Orphans
from maestro_adapters.local.carriers import attach, processes_of
from maestro_adapters.local.ends import Ends
from maestro_adapters.local.job import LocalJob, driver_arguments, ended, outcome, write_end
from maestro_adapters.local.loop import Loop
from maestro_adapters.local.slots import Slots
from maestro_adapters.local.stopping import GRACE, Stop
from maestro_adapters.states import JobStatus

__all__ = ["Pool"]

#: s between looks at processes that cannot notify: no pidfd (Linux before 5.3), or none free.
_LOOK_INTERVAL = 0.05
#: s that news waits for more of the kind, while jobs wait for slots.
_NEWS_INTERVAL = 0.02
#: s until a start is tried again that failed because there were too many processes.
_RETRY_INTERVAL = 1.0

_TOO_MANY = (errno.EAGAIN, errno.ENOMEM)


class Pool:
    """The jobs of one adapter. Every method may be called from any thread, and none waits for a job.

    Args:
        slots: how many there are.
        environment: of every job, but for its token.
        grace: s between TERM and KILL.
        adopt: this process may become the parent of what dead drivers leave.
    """

    def __init__(
        self,
        slots: int,
        environment: Mapping[str, str],
        grace: float = GRACE,
        *,
        adopt: bool = False,
    ) -> None:
        self._slots = Slots(slots)
        self._grace = grace
        self._environment = {
            os.fsencode(name): os.fsencode(value) for name, value in environment.items()
        }
        self._inherited = processes.inherited_descriptors()
        self._host, self._boot = processes.host_and_boot()

        self._lock = threading.Lock()
        self._jobs: dict[str, LocalJob] = {}
        self._by_token: dict[str, LocalJob] = {}
        self._running: dict[LocalJob, None] = {}
        self._overdue: list[LocalJob] = []
        self._stops: list[Stop] = []
        self._count = itertools.count(1)
        self._retrying = False
        self._orphans = Orphans(adopt)
        self._ends = Ends()
        self._loop = Loop(self._lock, self._ends, self._work, self._note_death)
        self._news = False
        self._announcing = False
        self._closing = False
        self._closed = False
        #: What ended the thread, if it ended before its time.
        self._broken: BaseException | None = None

    # What callers ask.

    @property
    def slots(self) -> int:
        """How many there are in all."""
        return self._slots.total

    @property
    def wake_fd(self) -> int:
        """Readable while there is news that nobody asked for yet."""
        return self._ends.wake_fd

    def submit(self, job: LocalJob) -> str:
        """Start a job where there is room, or queue it; sets its `id`.

        Returns:
            Its state, as it begins: the end, however soon, is for `status` to tell.

        Raises:
            OSError: it can never be started: its environment is too big, say.
        """
        with self._lock:
            self._begin()
            if not self._slots.have_room(job) or not self._start(job):
                job.id = f"q{os.getpid()}.{next(self._count)}"
                self._slots.wait(job)
                self._share_work()
            self._jobs[job.id] = job
            self._by_token[job.token] = job
            return job.status.state

    def status(self, ids: Sequence[str]) -> dict[str, JobStatus | None]:
        """The states of jobs, and None for an id that is none of ours; resets `wake_fd`."""
        with self._lock:
            if not self._closed and self._broken is None:
                self._loop.visited = time.monotonic()
                self._ends.still_bell()
                self._look_at_ends()
                self._orphans.reap(self._running)
                self._news = False
            if self._broken is not None:
                reason = f"the thread of the local pool died: {self._broken!r}"
                return dict.fromkeys(ids, JobStatus(states.UNREACHABLE, reason=reason))
            return {
                job_id: job.status if (job := self._jobs.get(job_id)) else None for job_id in ids
            }

    def cancel(self, ids: Collection[str]) -> set[str]:
        """Stop jobs; returns the ids that are ours, ended ones included."""
        with self._lock:
            self._begin()
            jobs = [self._jobs[job_id] for job_id in ids if job_id in self._jobs]
            self._stop(jobs, states.CANCELLED)
            self._announce()
            return {job.id for job in jobs}

    def find(self, tokens: Collection[str]) -> dict[str, LocalJob]:
        """The jobs of these tokens, those included that another, dead, process started.

        A job that is found is one of ours from then on.
        """
        with self._lock:
            self._begin()
            missing = {token for token in tokens if token not in self._by_token}
            if missing:
                for job in attach(missing):
                    job.id = self._new_id(job.session or 0)
                    self._jobs[job.id] = self._by_token[job.token] = job
                    self._watch(job)
                    if job.limit is not None and job.pid is not None:
                        self._limit(job, job.limit - processes.age(job.pid))
            return {token: self._by_token[token] for token in tokens if token in self._by_token}

    def close(self, stop_jobs: bool) -> None:
        """End the thread, after the last kill that is under way.

        Args:
            stop_jobs: stop every job, and wait for their ends. Otherwise those that run go on,
                and those that wait for a slot never start.
        """
        with self._lock:
            if self._closed:
                return
            self._closing = True
            self._drop(set(self._slots), "the adapter was closed")
            if stop_jobs:
                self._stop(list(self._running), states.CANCELLED)
            self._loop.poke()
        self._loop.join()
        with self._lock:
            self._closed = True
            self._loop.close()
            self._ends.close()
            self._orphans.close()

    def _begin(self) -> None:
        if self._closing:
            raise RuntimeError("this adapter is closed")
        self._loop.start()

    # What the loop calls.

    def _work(self) -> bool:
        """See to what has ended or is overdue, and start what has room; False: nothing is left to do."""
        if self._overdue:
            self._stop(self._overdue, states.TIMEDOUT)
            self._overdue = []
        self._look_at_ends()
        self._stops = [stop for stop in self._stops if stop.jobs]
        self._announce()
        return not self._closing or bool(self._stops)

    def _look_at_ends(self) -> None:
        for job in self._ends.ended():
            self._look_after(job)
        if self._slots:
            self._start_queued()
            self._share_work()

    def _share_work(self) -> None:
        """While jobs wait the thread fills the slots, and wakes the caller seldom."""
        direct = not self._slots
        if direct != self._ends.calls:
            self._ends.call_directly(direct)
            self._loop.poke()

    def _note_death(self, error: BaseException) -> None:
        self._broken = error
        self._announce_now()

    def _look_at_unwatched(self) -> None:
        for job in list(self._ends.unwatched):
            self._look_after(job)
        if self._ends.unwatched:
            self._loop.later(_LOOK_INTERVAL, self._look_at_unwatched)

    def _announce(self) -> None:
        """Wake the caller; seldom while jobs wait here, since what it does then frees no slot.

        Otherwise a caller that submits thousands at once is woken for each, and asks for all.
        """
        if not self._news or self._announcing:
            return
        if self._slots:
            self._announcing = True
            self._loop.later(_NEWS_INTERVAL, self._announce_now)
        else:
            self._announce_now()

    def _announce_now(self) -> None:
        self._news = self._announcing = False
        self._ends.ring_bell()

    def _limit(self, job: LocalJob, delay: float) -> None:
        # Those that are over at the same time are stopped together, with one look at all processes.
        self._loop.later(delay, lambda: self._overdue.append(job))

    # Starting.

    def _start_queued(self) -> None:
        while (job := self._slots.next()) is not None:
            try:
                if not self._start(job):
                    return
            except OSError as error:
                self._news = True
                job.status = JobStatus(states.FAILED, native="not started", reason=str(error))
            self._slots.leave((job,))

    def _start(self, job: LocalJob) -> bool:
        """Start a job; False: the system has no room for another process, so it is tried again."""
        now = time.time()
        arguments = driver_arguments(job, self._host, self._boot, now)
        try:
            job.pid = processes.spawn(arguments, self._environment, job.token, self._inherited)
        except OSError as error:
            if error.errno not in _TOO_MANY:
                raise
            if not self._retrying:
                self._retrying = True
                self._loop.later(_RETRY_INTERVAL, self._retry)
            return False
        job.session = job.pid
        self._orphans.expect(job.pid)
        if job.id:
            self._news = True  # it waited, so somebody was told that it waits
        else:
            job.id = self._new_id(job.pid)
        job.status = JobStatus(states.RUNNING, native="running", started=now, nodes=(self._host,))
        self._watch(job)
        if job.limit is not None:
            self._limit(job, job.limit)
        return True

    def _retry(self) -> None:
        """The queue is looked at after every alarm."""
        self._retrying = False

    def _new_id(self, pid: int) -> str:
        """The process id, unless a job before this one had the same."""
        return str(pid) if str(pid) not in self._jobs else f"{pid}.{next(self._count)}"

    def _watch(self, job: LocalJob) -> None:
        if job not in self._running:
            self._running[job] = None
            self._slots.take(job)
        quiet = not self._ends.unwatched
        self._ends.watch(job)
        if quiet and self._ends.unwatched:
            self._loop.later(_LOOK_INTERVAL, self._look_at_unwatched)

    # Ending.

    def _look_after(self, job: LocalJob) -> None:
        """See whether the process that stands for a job has ended, and what that means."""
        if job.pid is None or job not in self._running:
            return
        wait_status = None
        if job.child:
            try:
                pid, wait_status = os.waitpid(job.pid, os.WNOHANG)
                if pid == 0:
                    return
            except ChildProcessError:  # the host program reaped it: the attempt file knows
                wait_status = None
        elif not processes.has_ended(job.pid, job.pidfd):
            return
        self._ends.forget(job)
        in_doubt = (
            wait_status is None or not os.WIFEXITED(wait_status) or os.WEXITSTATUS(wait_status) != 0
        )
        attempt = job.read_attempt() if in_doubt else None
        if wait_status is None or (os.WIFSIGNALED(wait_status) and not job.orphan):
            told = attempt is not None and attempt.exit_code is not None
            if not told and self._watch_what_is_left(job):
                return
        status = outcome(job, wait_status, attempt)
        if job.orphan and status.exit_code is not None:
            write_end(job, status.exit_code)
        job.status = ended(status, job.status, time.time())
        del self._running[job]
        self._slots.give_back(job)
        self._news = True
        for stop in self._stops:
            if job in stop.jobs:
                stop.look()

    def _watch_what_is_left(self, job: LocalJob) -> bool:
        """Where a driver was killed alone, its script may run on: the job lasts as long as that."""
        if job.child and not job.orphan:
            script = self._orphans.script_of(job.session)
            if script is not None:
                job.pid, job.orphan = script, True
                self._watch(job)
                return True
        if not processes.can_scan():
            return self._watch_group(job)
        left = processes_of([job])
        if not left:
            return False
        job.child = job.orphan = False
        job.pid = left[0].pid
        self._watch(job)
        return True

    def _watch_group(self, job: LocalJob) -> bool:
        """The same on systems that do not show processes: a driver leads the group of its script."""
        if job.session is None or processes.has_ended(-job.session, None):
            return False
        job.child = False
        job.pid = -job.session
        self._watch(job)
        return True

    # Stopping.

    def _stop(self, jobs: Collection[LocalJob], state: str) -> None:
        for job in jobs:  # one that has ended already was not stopped by us
            self._look_after(job)
        running = [job for job in jobs if job in self._running and job.stopped_as is None]
        for job in running:
            job.stopped_as = state
        if running:
            self._stops.append(Stop(running, self._grace, self._loop.later))
        waiting = {job for job in jobs if job.status.state == states.PENDING}
        if waiting:
            self._drop(waiting, "cancelled before it started")
            self._news = True

    def _drop(self, jobs: Collection[LocalJob], reason: str) -> None:
        self._slots.leave(jobs)
        self._share_work()
        for job in jobs:
            job.status = JobStatus(states.CANCELLED, native="dequeued", reason=reason)
