"""Deals with a pool's keeper, and with the next one where that is killed."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Collection, Iterable, Sequence

from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.alarm_thread import Repeating
from maestro_adapters.local.exit_watch import LOOK_INTERVAL, ExitWatch
from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.job_table import JobTable
from maestro_adapters.local.keeper.client import (
    CommandEnded,
    Ended,
    KeeperClient,
    KeeperDiedError,
    Report,
    Started,
)
from maestro_adapters.local.keeper.files import name_logs
from maestro_adapters.local.outcome import nothing_ran, outcome
from maestro_adapters.local.processes.carriers import processes_of
from maestro_adapters.local.processes.subreaper import Orphans
from maestro_adapters.local.wakeup import Wakeup
from maestro_adapters.script.attempt_file import Attempt

__all__ = ["KeeperSession"]

#: s until another keeper is tried in a system that is full.
_RETRY_INTERVAL = 1.0
_TOO_MANY = (errno.EAGAIN, errno.ENOMEM)
#: Keepers that are tried in a row: where each dies of itself before it says anything, it is not by chance.
_MOST_DEATHS = 3


class KeeperSession:
    """Has jobs started, and hears what becomes of them.

    Where the keeper was killed, its scripts run on and are watched; what waits goes to another one.

    Args:
        start_keeper: starts a keeper.
        table: of the jobs.
        exit_watch: watches the scripts of a keeper that was killed.
        orphans: where they come from, if this process adopts.
        wakeup: tells that the keeper has reported something.
        later: calls a function after some seconds.
    """

    def __init__(
        self,
        start_keeper: Callable[[], KeeperClient],
        table: JobTable,
        exit_watch: ExitWatch,
        orphans: Orphans,
        wakeup: Wakeup,
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self._start_keeper = start_keeper
        self._table = table
        self._exit_watch = exit_watch
        self._orphans = orphans
        self._wakeup = wakeup
        self._later = later
        self._client: KeeperClient | None = None
        #: The jobs whose ends our keeper reports, by the process ids of their scripts.
        self._kept: dict[int, LocalJob] = {}
        self._deaths = 0
        # An alarm is all it takes: the pool's thread hears the keeper after each.
        self._looks = Repeating(later, LOOK_INTERVAL, lambda: None, self._is_silent)

    @property
    def has_keeper(self) -> bool:
        """Whether there is a keeper, as far as is known."""
        return self._client is not None

    def submit(self, jobs: Sequence[LocalJob]) -> None:
        """Have jobs started now, or in their turn, and give each an id.

        Raises:
            OSError: there is no keeper to be had, so none of them will start.
        """
        table = self._table
        if jobs:
            self._keeper()
        for job in jobs:
            has_room = table.has_room(job)
            table.add(job)
            try:
                self._keeper().start(job, table.slots.weigh(job), wait=has_room)
            except KeeperDiedError:
                self._lose_keeper()
            except OSError:  # the one before died, and there is no room for another
                self._start_waiting()
            if has_room and self._client is not None:
                self._note(self._client.received())
            if not job.id:
                table.name_waiting(job)
        self._flush()

    def hear(self) -> None:
        """Note what the keeper has reported by now; does not wait."""
        try:
            if self._client is not None:
                self._note(self._client.receive())
        except KeeperDiedError:
            self._lose_keeper()

    def catch_up(self) -> None:
        """Note all that the keeper knows by now: it is asked, and its answer awaited."""
        client = self._client
        try:
            if client is not None:
                client.sync()
                self._note(client.received())
        except KeeperDiedError:
            self._lose_keeper()

    def take_back(self, jobs: Iterable[LocalJob], reason: str) -> list[LocalJob]:
        """Have jobs that wait never started.

        Returns:
            Those that never will be. The others had started, or ended, before.
        """
        waiting = self._still_waiting(jobs)
        while waiting and self._client is not None:
            client = self._client
            try:
                for job in waiting:
                    client.drop(job)
                client.sync()
            except KeeperDiedError:
                self._lose_keeper()
                waiting = self._still_waiting(waiting)
            else:
                self._note(client.received())
                waiting = self._still_waiting(waiting)
                break
        status = JobStatus(states.CANCELLED, native="dequeued", reason=reason)
        self._table.take_back(waiting, status)
        return waiting

    def update_room(self) -> None:
        """Leave the keeper the slots that jobs which it does not keep do not fill."""
        if self._client is not None:
            slots = self._table.slots
            others = sum(slots.weigh(job) for job in self._exit_watch.jobs)
            self._client.set_room(slots.total - others)

    def close(self) -> None:
        """Ask for nothing more: the keeper ends with its last script."""
        if self._client is not None:
            self._wakeup.remove(self._client.fd)
            self._client.close(idle=not self._kept)
            self._client = None

    def _still_waiting(self, jobs: Iterable[LocalJob]) -> list[LocalJob]:
        return [job for job in jobs if job.token in self._table.waiting]

    def _keeper(self) -> KeeperClient:
        """Return our keeper, a new one where there is none.

        Raises:
            OSError: it could not be started.
        """
        if self._client is None:
            self._client = self._start_keeper()
            self._wakeup.add(self._client.fd)
            self.update_room()
        return self._client

    def _flush(self) -> None:
        try:
            if self._client is not None:
                self._client.flush()
        except KeeperDiedError:
            self._lose_keeper()

    def _is_silent(self) -> bool:
        """Return whether nothing tells that the keeper has reported something: the system has no epoll."""
        return not self._wakeup.notifies and bool(self._kept or self._table.waiting)

    def _note(self, reports: Collection[Report]) -> None:
        for report in reports:
            self._deaths = 0
            if isinstance(report, Ended):
                job = self._kept.pop(report.pid)
                status = outcome(job, report.code, report.left, lost=report.lost)
                self._table.end(job, status, report.at)
            elif isinstance(report, CommandEnded):
                self._table.tell_of_left(self._kept[report.pid], report.code, report.left)
            elif isinstance(report, Started):
                job = self._table.waiting[report.token]
                self._kept[report.pid] = job
                self._table.start(job, report.pid, report.at)
                self._looks.start()
            else:
                job = self._table.waiting[report.token]
                status = nothing_ran(job, report.code, report.why)
                self._table.end_unstarted(job, status, time.time())

    def _lose_keeper(self) -> None:
        """Go on without a keeper that is gone: watch its scripts, and have another start what waits."""
        client, self._client = self._client, None
        if client is None:
            return
        self._wakeup.remove(client.fd)
        was_killed = client.reap()  # only then its scripts are ours
        self._deaths += not was_killed
        self._note(client.received())
        left, self._kept = list(self._kept.values()), {}
        for job in left:
            self._adopt(job)
        for job in list(self._table.waiting.values()):
            attempt = job.read_attempt()
            if attempt is not None and attempt.keeper == client.pid:
                self._trace(job, attempt)
        self._looks.start()
        self._start_waiting()

    def _start_waiting(self) -> None:
        """Have all that wait started by another keeper, or fail them where there is none to be had."""
        waiting = list(self._table.waiting.values())
        trouble = "the process that is to start it dies at once"
        try:
            if self._deaths < _MOST_DEATHS:
                for job in waiting:
                    self._keeper().start(job, self._table.slots.weigh(job), wait=False)
                self._flush()
                return
        except KeeperDiedError:
            self._lose_keeper()
            return
        except OSError as error:
            if error.errno in _TOO_MANY:
                self._later(_RETRY_INTERVAL, self._start_waiting)
                return
            trouble = str(error)
        status = JobStatus(states.FAILED, native="not started", reason=trouble)
        self._table.take_back(waiting, status)

    def _trace(self, job: LocalJob, attempt: Attempt) -> None:
        """Find the script of a job that a keeper started as its last act."""
        carriers = [process.pid for process in processes_of([job])]
        pid = attempt.pid or min(carriers, default=None) or self._orphans.find_unknown(job.script)
        now = time.time()
        if pid is None:
            self._table.end_unstarted(job, outcome(job, attempt.exit_code), now)
        else:
            self._table.start(job, pid, now)
            self._adopt(job)

    def _adopt(self, job: LocalJob) -> None:
        """Watch a script whose keeper is gone; it is our child, where this process adopts."""
        job.child = self._orphans.adopts
        folder, label, attempt = map(os.fsencode, (job.workspace, job.label, str(job.attempt)))
        name_logs(folder, label, attempt, job.pid or 0)
        self._exit_watch.watch(job)
