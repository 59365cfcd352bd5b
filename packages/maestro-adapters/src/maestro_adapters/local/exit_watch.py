"""Follows the scripts that no keeper of ours waits for to their ends.

Those are jobs of another process, and those of a keeper that was killed. Works on processes and
attempt files.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection

from maestro_adapters.job import states
from maestro_adapters.local.alarm_thread import Repeating
from maestro_adapters.local.attempt_end import still_writes, write_command, write_end
from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.processes import process_table
from maestro_adapters.local.system import System
from maestro_adapters.local.wakeup import Wakeup

__all__ = ["LOOK_INTERVAL", "ExitWatch"]

#: s between looks at what cannot notify: no pidfd (Linux before 5.3), or none free; no epoll.
LOOK_INTERVAL = 0.05


class ExitWatch:
    """The jobs whose scripts are watched.

    Args:
        wakeup: gets the processes that notify of their ends.
        later: calls a function after some seconds.
        system: what there is.
        on_command_end: told of a job, the exit code of its command, and what that left in the
            background and is waited for.
        on_end: told of a job and its exit code, or None: nobody knows it. The job is watched no
            longer.
    """

    def __init__(
        self,
        wakeup: Wakeup,
        later: Callable[[float, Callable[[], None]], None],
        system: System,
        *,
        on_command_end: Callable[[LocalJob, int, str], None],
        on_end: Callable[[LocalJob, int | None], None],
    ) -> None:
        self._wakeup = wakeup
        self._open_pidfd = system.open_pidfd
        self._on_command_end = on_command_end
        self._on_end = on_end
        # The host program needs descriptors too.
        files = system.most_files()
        self._most = files if math.isinf(files) else files // 2
        self._by_pidfd: dict[int, LocalJob] = {}
        #: With the pidfd of each; None: it does not notify, so somebody has to look.
        self._pidfds: dict[LocalJob, int | None] = {}
        self._silent: dict[LocalJob, None] = {}
        self._looks = Repeating(later, LOOK_INTERVAL, self._look_at_silent, lambda: self._silent)

    @property
    def jobs(self) -> Collection[LocalJob]:
        """All that are watched."""
        return self._pidfds.keys()

    @property
    def silent(self) -> Collection[LocalJob]:
        """Return the jobs whose processes cannot notify, which are therefore polled."""
        return self._silent.keys()

    def watch(self, job: LocalJob) -> None:
        """Watch the script of a job, whose process id is known."""
        pidfd = None
        if self._wakeup.notifies and job.pid is not None and len(self._by_pidfd) < self._most:
            pidfd = self._open_pidfd(job.pid)
        self._pidfds[job] = pidfd
        if pidfd is None:
            self._watch_silently(job)
        else:
            self._by_pidfd[pidfd] = job
            self._wakeup.add(pidfd)

    def look(self) -> None:
        """See what became of the scripts that notify of their ends."""
        if self._by_pidfd:
            for number in self._wakeup.ready():
                if number in self._by_pidfd:
                    self.look_at(self._by_pidfd[number])

    def look_at(self, job: LocalJob) -> None:
        """See whether a script has ended, and how; does nothing for a job that is not watched."""
        if job.pid is None or job not in self._pidfds:
            return
        pidfd = self._pidfds[job]
        code = job.command_code
        if code is None and job.child:
            try:
                pid, wait_status = os.waitpid(job.pid, os.WNOHANG)
                if pid == 0:
                    return
                code = states.exit_code_of_wait_status(wait_status)
            except ChildProcessError:  # the host program reaped it
                job.child = False
        if code is None and not process_table.has_ended(job.pid, pidfd):
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
            self._watch_silently(job)  # it is about to write the end
            return
        else:
            if code is None:
                code = process_table.exit_code(job.pid, pidfd)
            if code is None and attempt is not None:
                code = attempt.command_code
            if code is not None and still_writes(job):
                self._wait_for_what_is_left(job, code)
                return
            if code is not None:
                write_end(job, code)
        self._close_pidfd(job)
        self._silent.pop(job, None)
        del self._pidfds[job]
        self._on_end(job, code)

    def close(self) -> None:
        """Watch nothing more."""
        for pidfd in self._by_pidfd:
            os.close(pidfd)
        self._by_pidfd.clear()
        self._pidfds.clear()
        self._silent.clear()

    def _wait_for_what_is_left(self, job: LocalJob, code: int) -> None:
        if job.command_code is None:
            job.command_code = code
            self._on_command_end(job, code, write_command(job, code))
        self._watch_silently(job)

    def _watch_silently(self, job: LocalJob) -> None:
        self._close_pidfd(job)
        self._silent[job] = None
        self._looks.start()

    def _close_pidfd(self, job: LocalJob) -> None:
        pidfd = self._pidfds[job]
        if pidfd is not None:
            self._pidfds[job] = None
            del self._by_pidfd[pidfd]
            self._wakeup.remove(pidfd)
            os.close(pidfd)

    def _look_at_silent(self) -> None:
        for job in list(self._silent):
            self.look_at(job)
