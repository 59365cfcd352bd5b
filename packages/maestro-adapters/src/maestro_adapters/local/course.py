"""The course of a pool's jobs: started, ended, or left by a keeper that was killed.

What a keeper does not keep, jobs of another process and those of a keeper that was killed, is watched here.
"""

from __future__ import annotations

import errno
import itertools
import os
import threading
import time
from collections.abc import Mapping

import attrs

from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.alarm_thread import Loop
from maestro_adapters.local.exit_watch import Ends
from maestro_adapters.local.job import (
    LocalJob,
    ended,
    left_behind,
    nothing_ran,
    outcome,
    still_writes,
    write_command,
    write_end,
)
from maestro_adapters.local.keeper.client import (
    Ended,
    KeeperDiedError,
    Keeping,
    Leaves,
    News,
    Refused,
    Started,
)
from maestro_adapters.local.keeper.process import name_logs
from maestro_adapters.local.processes import process_table
from maestro_adapters.local.processes.carriers import processes_of
from maestro_adapters.local.processes.stop import Stop
from maestro_adapters.local.processes.subreaper import Orphans
from maestro_adapters.local.slots import Slots
from maestro_adapters.local.system import System
from maestro_adapters.script.attempt_file import Attempt

__all__ = ["Course"]

#: s between looks at processes that cannot notify: no pidfd (Linux before 5.3), or none free.
_LOOK_INTERVAL = 0.05
#: s until another keeper is tried in a system that is full.
_RETRY_INTERVAL = 1.0
_TOO_MANY = (errno.EAGAIN, errno.ENOMEM)
#: Keepers that are tried in a row: where each dies of itself before it says anything, it is not by chance.
_MOST_DEATHS = 3


class Course:
    """The part of `maestro_adapters.local.pool.Pool` that knows what becomes of jobs.

    Its methods are called with the lock held.
    """

    def __init__(
        self, slots: int, environment: Mapping[str, str], *, adopt: bool, system: System
    ) -> None:
        self._system = system
        self._slots = Slots(slots)
        self._environment = {
            os.fsencode(name): os.fsencode(value) for name, value in environment.items()
        }
        self._inherited = process_table.inherited_descriptors()
        self._host, self._boot = process_table.host_and_boot()

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
        self._orphans = Orphans(adopt, system)
        self._ends = Ends(system)
        self._loop = Loop(self._lock, self._work, self._note_death)
        #: Something was heard that the caller did not ask for.
        self._news = False
        self._looking = False

    def _work(self) -> bool:
        raise NotImplementedError

    def _note_death(self, error: BaseException) -> None:
        raise NotImplementedError

    # The keeper.

    def _keeper(self) -> Keeping:
        """Our keeper, a new one where there is none.

        Raises:
            OSError: it could not be started.
        """
        if self._keeping is None:
            facts = f"host={self._host} boot={self._boot}"
            self._keeping = Keeping(self._environment, facts, self._inherited, self._system.python)
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
            self._over(job, outcome(job, news.code, news.left), news.at)
            return
        if isinstance(news, Leaves):
            self._tell_of_left(self._kept[news.pid], news.code, news.left)
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
        self._ends.hear_no_more(keeping.fd)
        killed = keeping.bury()  # only then its scripts are ours
        self._deaths += not killed
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

    def _catch_up(self) -> None:
        """Hear all that the keeper knows by now."""
        try:
            if self._keeping is not None:
                self._keeping.catch_up()
        except KeeperDiedError:
            self._lose_keeper()
        self._heed_all()

    # Those that our keeper does not keep.

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
        code = job.command_code
        if code is None and job.child:
            try:
                pid, wait_status = os.waitpid(job.pid, os.WNOHANG)
                if pid == 0:
                    return
                code = states.exit_code_of_wait_status(wait_status)
            except ChildProcessError:  # the host program reaped it
                job.child = False
        if code is None and not process_table.has_ended(job.pid, job.pidfd):
            return
        attempt = job.read_attempt()
        if attempt is not None and attempt.exit_code is not None:
            code = attempt.exit_code
        elif (
            code is None
            and attempt is not None
            and attempt.keeper
            and process_table.is_keeper(attempt.keeper)
        ):
            self._watch_blindly(job)  # it is about to write the end
            return
        else:
            if code is None:
                code = process_table.exit_code(job.pid, job.pidfd)
            if code is None and attempt is not None:
                code = attempt.command_code
            if code is not None and still_writes(job):
                self._leave(job, code)
                return
            if code is not None:
                write_end(job, code)
        self._ends.forget(job)
        self._over(job, outcome(job, code), time.time())
        self._make_room()

    def _watch_blindly(self, job: LocalJob) -> None:
        self._ends.forget(job)
        self._ends.unwatched[job] = None
        self._look_later()

    def _leave(self, job: LocalJob, code: int) -> None:
        """Its command has ended, and what it left in the background goes on."""
        if job.command_code is None:
            job.command_code = code
            self._tell_of_left(job, code, write_command(job, code))
        self._watch_blindly(job)

    def _tell_of_left(self, job: LocalJob, code: int, left: str) -> None:
        reason = f"its command has ended with exit code {code}; still {left_behind(left)}"
        job.status = attrs.evolve(job.status, reason=reason)
        self._news = True

    def _over(self, job: LocalJob, status: JobStatus, now: float) -> None:
        job.status = ended(status, job.status, now)
        del self._running[job]
        self._slots.give_back(job)
        self._news = True
        for stop in self._stops:
            if job in stop.jobs:
                stop.look()

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

    def _limit(self, job: LocalJob, delay: float) -> None:
        # Those that are over at the same time are stopped together, with one look at all processes.
        self._loop.later(delay, lambda: self._overdue.append(job))
