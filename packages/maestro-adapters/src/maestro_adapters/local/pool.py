"""As many jobs at a time as there are slots.

The keeper starts the scripts as slots become free, and tells of it; `wake_fd` becomes readable then. Who
calls `look` hears it. What a keeper does not keep, jobs of another process and those of a keeper that was
killed, the pool watches itself. It reaps its own children only, and needs no signal handler: SIGCHLD is
the host program's.
"""

from __future__ import annotations

import errno
import itertools
import os
import threading
import time
from collections.abc import Collection, Mapping, Sequence

from maestro_adapters import states
from maestro_adapters.attempt_file import Attempt
from maestro_adapters.local import processes
from maestro_adapters.local.adoption import Orphans
from maestro_adapters.local.carriers import attach, processes_of
from maestro_adapters.local.ends import Ends
from maestro_adapters.local.job import LocalJob, ended, nothing_ran, outcome, write_end
from maestro_adapters.local.keeper import name_logs
from maestro_adapters.local.keeping import Ended, KeeperDiedError, Keeping, News, Refused, Started
from maestro_adapters.local.loop import Loop
from maestro_adapters.local.slots import Slots
from maestro_adapters.local.stopping import GRACE, Stop
from maestro_adapters.states import JobStatus

__all__ = ["Pool"]

#: s between looks at processes that cannot notify: no pidfd (Linux before 5.3), or none free.
_LOOK_INTERVAL = 0.05
#: s until another keeper is tried in a system that is full.
_RETRY_INTERVAL = 1.0
_TOO_MANY = (errno.EAGAIN, errno.ENOMEM)
#: Keepers that are tried in a row: where each dies before it says anything, it is not by chance.
_MOST_DEATHS = 3


class Pool:
    """The jobs of one adapter. Every method may be called from any thread, and none waits for a job.

    Args:
        slots: how many there are.
        environment: of every job, but for what tells which it is.
        grace: s between TERM and KILL.
        adopt: this process may become the parent of what a dead keeper leaves.

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
        self._keeping: Keeping | None = None
        #: The jobs whose ends our keeper tells, by the process ids of their scripts.
        self._kept: dict[int, LocalJob] = {}
        self._deaths = 0
        self._overdue: list[LocalJob] = []
        self._stops: list[Stop] = []
        self._count = itertools.count(1)
        self._orphans = Orphans(adopt)
        self._ends = Ends()
        self._loop = Loop(self._lock, self._work, self._note_death)
        self._news = self._looking = False
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
                    self._limit(job, job.limit - processes.age(job.pid))
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

    def _look_at_unwatched(self) -> None:
        self._looking = False
        for job in list(self._ends.unwatched):
            self._look_after(job)
        self._look_later()

    def _look_later(self) -> None:
        """Where a system has no epoll, nothing tells of the keeper's news either."""
        blind = not self._ends.hears and (self._kept or self._slots.waiting)
        if not self._looking and (self._ends.unwatched or blind):
            self._looking = True
            self._loop.later(_LOOK_INTERVAL, self._look_at_unwatched)

    def _announce(self) -> None:
        """Wake the caller, if something was heard that it did not ask for."""
        if self._news:
            self._news = False
            self._ends.ring_bell()

    def _limit(self, job: LocalJob, delay: float) -> None:
        # Those that are over at the same time are stopped together, with one look at all processes.
        self._loop.later(delay, lambda: self._overdue.append(job))

    # What the keeper tells.

    def _keeper(self) -> Keeping:
        """Our keeper, a new one where there is none.

        Raises:
            OSError: it could not be started.
        """
        if self._keeping is None:
            facts = f"host={self._host} boot={self._boot}"
            self._keeping = Keeping(self._environment, facts, self._inherited)
            self._ends.listen(self._keeping.fd)
            self._make_room()
        return self._keeping

    def _flush(self) -> None:
        try:
            if self._keeping is not None:
                self._keeping.flush()
        except KeeperDiedError:
            self._lose_keeper()

    def _make_room(self) -> None:
        """Leave it the slots that others do not fill."""
        if self._keeping is not None:
            others = sum(self._slots.weigh(job) for job in self._running if not self._keeps(job))
            self._keeping.make_room(self._slots.total - others)

    def _keeps(self, job: LocalJob) -> bool:
        return job.pid is not None and self._kept.get(job.pid) is job

    def _look_at_ends(self) -> None:
        try:
            if self._keeping is not None:
                self._heed_all(hear=True)
        except KeeperDiedError:
            self._lose_keeper()
        for job in self._ends.ended():
            self._look_after(job)

    def _heed_all(self, *, hear: bool = False) -> None:
        if self._keeping is not None:
            for news in self._keeping.news() if hear else self._keeping.heard():
                self._heed(news)

    def _heed(self, news: News) -> None:
        self._deaths = 0
        if isinstance(news, Ended):
            job = self._kept.pop(news.pid)
            self._over(job, outcome(job, news.code), news.at)
            return
        job = self._slots.waiting.pop(news.token)
        if isinstance(news, Started):
            self._run(job, news.pid, news.at)
            self._kept[news.pid] = job
            self._look_later()
        else:
            self._refuse(job, news)

    def _run(self, job: LocalJob, pid: int, now: float) -> None:
        """A job that waited runs; who was told of it by another name may use that still."""
        job.pid = job.session = pid
        self._name(job, self._new_id(pid))
        nodes = (self._host,)
        job.status = JobStatus(states.RUNNING, native="running", started=now, nodes=nodes)
        self._orphans.expect(pid)
        self._take_slots(job)
        self._news = True
        if job.limit is not None:
            self._limit(job, job.limit)

    def _refuse(self, job: LocalJob, news: Refused) -> None:
        job.status = ended(nothing_ran(job, news.code, news.why), job.status, time.time())
        self._news = True

    def _lose_keeper(self) -> None:
        """Our keeper was killed; its scripts run on. What waits goes to another."""
        keeping, self._keeping = self._keeping, None
        if keeping is None:
            return
        self._deaths += 1
        self._ends.hear_no_more(keeping.fd)
        keeping.bury()  # only then its scripts are ours
        for news in keeping.heard():
            self._heed(news)
        orphans, self._kept = list(self._kept.values()), {}
        for job in orphans:
            self._adopt(job)
        for job in list(self._slots.waiting.values()):
            attempt = job.read_attempt()
            if attempt is not None and attempt.keeper == keeping.pid:
                del self._slots.waiting[job.token]
                self._trace(job, attempt)
        self._look_later()
        self._ask_again()

    def _ask_again(self) -> None:
        """Have all that wait started by another keeper."""
        trouble = "the process that is to start it dies at once"
        try:
            if self._deaths < _MOST_DEATHS:
                for job in list(self._slots.waiting.values()):
                    self._keeper().start(job, self._slots.weigh(job), wait=False)
                self._flush()
                return
        except KeeperDiedError:
            self._lose_keeper()
            return
        except OSError as error:
            if error.errno in _TOO_MANY:
                self._loop.later(_RETRY_INTERVAL, self._ask_again)
                return
            trouble = str(error)
        for job in self._slots.waiting.values():
            job.status = JobStatus(states.FAILED, native="not started", reason=trouble)
        self._slots.waiting.clear()
        self._news = True

    def _trace(self, job: LocalJob, attempt: Attempt) -> None:
        """A job that a keeper started as its last act."""
        carriers = [process.pid for process in processes_of([job])]
        pid = attempt.pid or min(carriers, default=None) or self._orphans.foundling(job.script)
        now = time.time()
        if pid is None:
            self._name(job, job.id or self._new_id(0))
            job.status = ended(outcome(job, attempt.exit_code), job.status, now)
            self._news = True
            return
        self._run(job, pid, now)
        self._adopt(job)

    def _adopt(self, job: LocalJob) -> None:
        job.child = self._orphans.adopts
        folder, label, attempt = map(os.fsencode, (job.workspace, job.label, str(job.attempt)))
        name_logs(folder, label, attempt, job.pid or 0)
        self._watch(job)

    # Jobs, and what becomes of those that our keeper does not keep.

    def _name(self, job: LocalJob, job_id: str) -> None:
        job.id = job_id
        self._jobs[job_id] = job

    def _new_id(self, pid: int) -> str:
        """The process id, unless a job before this one had the same."""
        return str(pid) if str(pid) not in self._jobs else f"{pid}.{next(self._count)}"

    def _take_slots(self, job: LocalJob) -> None:
        self._running[job] = None
        self._slots.take(job)

    def _watch(self, job: LocalJob) -> None:
        self._ends.watch(job)
        self._look_later()
        self._make_room()

    def _look_after(self, job: LocalJob) -> None:
        """See whether a script that our keeper does not keep has ended, and how."""
        if job.pid is None or job not in self._running or self._keeps(job):
            return
        code = None
        if job.child:
            try:
                pid, wait_status = os.waitpid(job.pid, os.WNOHANG)
                if pid == 0:
                    return
                code = states.exit_code_of_wait_status(wait_status)
            except ChildProcessError:  # the host program reaped it
                job.child = False
        if code is None and not processes.has_ended(job.pid, job.pidfd):
            return
        self._ends.forget(job)
        attempt = job.read_attempt()
        if attempt is not None and attempt.exit_code is not None:
            code = attempt.exit_code
        elif code is not None:
            write_end(job, code)
        elif attempt is not None and attempt.keeper and processes.is_keeper(attempt.keeper):
            self._ends.unwatched[job] = None  # it is about to write the end
            self._look_later()
            return
        self._over(job, outcome(job, code), time.time())
        self._make_room()

    def _over(self, job: LocalJob, status: JobStatus, now: float) -> None:
        job.status = ended(status, job.status, now)
        del self._running[job]
        self._slots.give_back(job)
        self._news = True
        for stop in self._stops:
            if job in stop.jobs:
                stop.look()

    # Stopping.

    def _catch_up(self) -> None:
        """Hear all that the keeper knows by now."""
        try:
            if self._keeping is not None:
                self._keeping.catch_up()
        except KeeperDiedError:
            self._lose_keeper()
        self._heed_all()

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
