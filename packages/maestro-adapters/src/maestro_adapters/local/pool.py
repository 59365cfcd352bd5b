"""Runs jobs at a time within a number of slots, in one thread of its own.

The thread sleeps until a job ends (its pidfd becomes readable), a walltime or a grace period is
over, or a caller pokes it. It then takes the exit codes, starts what now has room, and makes
`wake_fd` readable. So a free slot is filled at once, whatever the caller is busy with. It reaps
its own children only, and needs no signal handler: SIGCHLD is the host program's.
"""

from __future__ import annotations

import contextlib
import errno
import heapq
import itertools
import math
import os
import resource
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence

import attrs

from maestro_adapters import states
from maestro_adapters.local import processes
from maestro_adapters.local.carriers import attach, processes_of
from maestro_adapters.local.job import LocalJob, driver_arguments, outcome
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
    """

    def __init__(self, slots: int, environment: Mapping[str, str], grace: float = GRACE) -> None:
        self.slots = slots
        self._free = slots
        self._grace = grace
        self._environment = {
            os.fsencode(name): os.fsencode(value) for name, value in environment.items()
        }
        self._inherited = processes.inherited_descriptors()
        self._host, self._boot = processes.host_and_boot()

        self._lock = threading.Lock()
        self._jobs: dict[str, LocalJob] = {}
        self._by_token: dict[str, LocalJob] = {}
        self._queue: deque[LocalJob] = deque()
        self._running: dict[LocalJob, None] = {}
        self._unwatched: dict[LocalJob, None] = {}
        self._overdue: list[LocalJob] = []
        self._stops: list[Stop] = []
        #: (monotonic time, tie-breaker, what is to be done)
        self._alarms: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count(1)

        self._selector = selectors.DefaultSelector()
        # The host program needs descriptors too.
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most_watched = math.inf if files == resource.RLIM_INFINITY else files // 2
        self._poke_read, self._poke_write = _pipe()
        self._selector.register(self._poke_read, selectors.EVENT_READ, None)
        self._wake_read, self._wake_write = _pipe()
        self._news = False
        self._announcing = False
        self._retrying = False
        self._thread: threading.Thread | None = None
        self._closing = False
        self._closed = False
        #: What ended the thread, if it ended before its time.
        self._broken: BaseException | None = None

    # What callers ask.

    @property
    def wake_fd(self) -> int:
        """Readable while there is news that nobody asked for yet."""
        return self._wake_read

    def submit(self, job: LocalJob) -> str:
        """Start a job where there is room, or queue it; sets its `id`.

        Returns:
            Its state, as it begins: the end, however soon, is for `status` to tell.

        Raises:
            OSError: it can never be started: its environment is too big, say.
        """
        with self._lock:
            self._begin()
            if self._queue or not self._has_room(job) or not self._start(job):
                job.id = f"q{os.getpid()}.{next(self._count)}"
                self._queue.append(job)
            self._jobs[job.id] = job
            self._by_token[job.token] = job
            return job.status.state

    def status(self, ids: Sequence[str]) -> dict[str, JobStatus | None]:
        """The states of jobs, and None for an id that is none of ours; resets `wake_fd`."""
        _drain(self._wake_read)
        with self._lock:
            if self._broken is not None:
                reason = f"the thread of the local pool died: {self._broken!r}"
                return dict.fromkeys(ids, JobStatus(states.UNREACHABLE, reason=reason))
            return {
                job_id: job.status if (job := self._jobs.get(job_id)) else None for job_id in ids
            }

    def cancel(self, ids: Collection[str]) -> set[str]:
        """Stop jobs; returns the ids that are ours, ended ones included."""
        with self._lock:
            jobs = [self._jobs[job_id] for job_id in ids if job_id in self._jobs]
            self._stop(jobs, states.CANCELLED)
            self._announce()
        self._poke()
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
                    if job.limit is not None and job.status.started is not None:
                        self._limit(job, job.status.started + job.limit - time.time())
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
            self._drop_queue()
            if stop_jobs:
                self._stop(list(self._running), states.CANCELLED)
            thread = self._thread
        if thread is not None:
            self._poke()
            thread.join()
        with self._lock:
            self._closed = True
            for job in self._running:
                if job.pidfd is not None:
                    os.close(job.pidfd)
            self._selector.close()
            for number in (self._poke_read, self._poke_write, self._wake_read, self._wake_write):
                os.close(number)

    # The thread.

    def _begin(self) -> None:
        if self._closing:
            raise RuntimeError("this adapter is closed")
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="maestro-local-pool", daemon=True
            )
            self._thread.start()

    def _run(self) -> None:
        try:
            while self._step():
                pass
        except BaseException as error:
            with self._lock:
                self._broken = error
                self._announce_now()
            raise

    def _step(self) -> bool:
        """Wait for something to do, and do it; whether there is a next time."""
        events = self._selector.select(self._time_to_wait())
        with self._lock:
            for key, _ in events:
                if key.data is None:
                    _drain(self._poke_read)
                else:
                    self._look_after(key.data)
            for job in list(self._unwatched):
                self._look_after(job)
            self._do_what_is_due(time.monotonic())
            self._start_queued()
            self._announce()
            return not self._closing or bool(self._stops)

    def _time_to_wait(self) -> float | None:
        with self._lock:
            limits = [_LOOK_INTERVAL] if self._unwatched else []
            if self._alarms:
                limits.append(max(0.0, self._alarms[0][0] - time.monotonic()))
        return min(limits, default=None)

    def _poke(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._poke_write, b"!")

    def _announce(self) -> None:
        """Wake the caller; seldom while jobs wait here, since what it does then frees no slot.

        Otherwise a caller that submits thousands at once is woken for each, and asks for all.
        """
        if not self._news or self._announcing:
            return
        if self._queue:
            self._announcing = True
            self._later(_NEWS_INTERVAL, self._announce_now)
        else:
            self._announce_now()

    def _announce_now(self) -> None:
        self._news = self._announcing = False
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"!")

    def _later(self, delay: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._alarms, (time.monotonic() + delay, next(self._count), action))
        self._poke()

    def _limit(self, job: LocalJob, delay: float) -> None:
        self._later(delay, lambda: self._overdue.append(job))

    def _do_what_is_due(self, now: float) -> None:
        while self._alarms and self._alarms[0][0] <= now:
            heapq.heappop(self._alarms)[2]()
        if self._overdue:
            self._stop(self._overdue, states.TIMEDOUT)
            self._overdue = []
        self._stops = [stop for stop in self._stops if stop.jobs]

    # Starting.

    def _has_room(self, job: LocalJob) -> bool:
        return min(job.slots, self.slots) <= self._free

    def _start_queued(self) -> None:
        """Start what has room, first come, first served: so a big job is not passed for ever."""
        while self._queue and self._has_room(self._queue[0]):
            job = self._queue[0]
            try:
                if not self._start(job):
                    return
            except OSError as error:
                self._news = True
                job.status = JobStatus(states.FAILED, native="not started", reason=str(error))
            self._queue.popleft()

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
                self._later(_RETRY_INTERVAL, self._retry)
            return False
        job.session = job.pid
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
            self._free -= min(job.slots, self.slots)
        if job.pid is not None and len(self._selector.get_map()) < self._most_watched:
            job.pidfd = processes.open_pidfd(job.pid)
        if job.pidfd is None:
            self._unwatched[job] = None
            self._poke()
        else:
            self._selector.register(job.pidfd, selectors.EVENT_READ, job)

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
        self._unwatched.pop(job, None)
        if job.pidfd is not None:
            self._selector.unregister(job.pidfd)
            os.close(job.pidfd)
            job.pidfd = None

        in_doubt = (
            wait_status is None or not os.WIFEXITED(wait_status) or os.WEXITSTATUS(wait_status) != 0
        )
        attempt = job.read_attempt() if in_doubt else None
        if wait_status is None or os.WIFSIGNALED(wait_status):
            told = attempt is not None and attempt.exit_code is not None
            if not told and self._watch_what_is_left(job):
                return
        status = outcome(job, wait_status, attempt)
        job.status = attrs.evolve(
            status, started=job.status.started, ended=time.time(), nodes=job.status.nodes
        )
        del self._running[job]
        self._free += min(job.slots, self.slots)
        self._news = True
        for stop in self._stops:
            if job in stop.jobs:
                stop.look()

    def _watch_what_is_left(self, job: LocalJob) -> bool:
        """Where a driver was killed alone, its script may run on: the job lasts as long as that."""
        left = processes_of([job])
        if not left:
            return False
        job.child = False
        job.pid = left[0].pid
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
            self._stops.append(Stop(running, self._grace, self._later))
        waiting = {job for job in jobs if job.status.state == states.PENDING}
        if waiting:
            self._queue = deque(job for job in self._queue if job not in waiting)
            for job in waiting:
                job.status = JobStatus(
                    state, native="dequeued", reason="cancelled before it started"
                )
            self._news = True

    def _drop_queue(self) -> None:
        for job in self._queue:
            job.status = JobStatus(
                states.CANCELLED, native="dequeued", reason="the adapter was closed"
            )
        self._queue.clear()


def _pipe() -> tuple[int, int]:
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    return read, write


def _drain(number: int) -> None:
    with contextlib.suppress(BlockingIOError):
        while len(os.read(number, 4096)) == 4096:
            pass
