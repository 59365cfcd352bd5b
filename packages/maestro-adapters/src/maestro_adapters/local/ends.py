"""Which processes have ended, and the descriptor that tells a caller so.

Two sets of descriptors, each of which is readable as a whole (epoll(7)): the processes that are
watched, by their pidfds, and around it what the caller waits for. While jobs wait for slots the
processes are taken out of the latter: the pool's own thread then sees to them, and calls seldom.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource
import select

from maestro_adapters.local import processes
from maestro_adapters.local.job import LocalJob

__all__ = ["Ends", "drain", "make_pipe", "ring"]


class Ends:
    """The processes whose end is waited for, and the caller's bell.

    Attributes:
        wake_fd: readable after `ring_bell`, and, if `calls`, once a process has ended.
        calls: the caller hears of ends at once, and sees to them itself.
        watched: job by pidfd.
        unwatched: jobs whose process has none, so that somebody has to look.
    """

    def __init__(self) -> None:
        self.watched: dict[int, LocalJob] = {}
        self.unwatched: dict[LocalJob, None] = {}
        # The host program needs descriptors too.
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = math.inf if files == resource.RLIM_INFINITY else files // 2
        self.calls = False
        self._rings = False
        self._bell_read, self._bell_write = make_pipe()
        self._processes: select.epoll | None = None
        self._caller: select.epoll | None = None
        self.wake_fd = self._bell_read
        if hasattr(select, "epoll"):  # Linux; elsewhere there are no pidfds either
            self._processes, self._caller = select.epoll(), select.epoll()
            self._caller.register(self._bell_read, select.EPOLLIN)
            self.wake_fd = self._caller.fileno()
            self.call_directly(True)

    @property
    def fd(self) -> int | None:
        """Readable while a watched process has ended; None: nothing here can tell."""
        return None if self._processes is None else self._processes.fileno()

    def call_directly(self, calls: bool) -> None:
        """Have the caller see to the ends, or not."""
        if self._processes is None or self._caller is None or calls == self.calls:
            return
        self.calls = calls
        if calls:
            self._caller.register(self._processes.fileno(), select.EPOLLIN)
        else:
            self._caller.unregister(self._processes.fileno())

    def watch(self, job: LocalJob) -> None:
        """Wait for the end of the process that stands for a job."""
        if self._processes is not None and job.pid is not None and len(self.watched) < self._most:
            job.pidfd = processes.open_pidfd(job.pid)
        if self._processes is None or job.pidfd is None:
            self.unwatched[job] = None
            return
        self._processes.register(job.pidfd, select.EPOLLIN)
        self.watched[job.pidfd] = job

    def forget(self, job: LocalJob) -> None:
        """Wait for it no longer."""
        self.unwatched.pop(job, None)
        if self._processes is not None and job.pidfd is not None:
            del self.watched[job.pidfd]
            self._processes.unregister(job.pidfd)
            os.close(job.pidfd)
            job.pidfd = None

    def ended(self) -> list[LocalJob]:
        """The jobs whose process has ended; they are told again until they are forgotten."""
        if self._processes is None or not self.watched:
            return []
        return [self.watched[number] for number, _ in self._processes.poll(0)]

    def ring_bell(self) -> None:
        """Make `wake_fd` readable."""
        self._rings = True
        ring(self._bell_write)

    def still_bell(self) -> None:
        """Take the ringing back."""
        if self._rings:
            self._rings = False
            drain(self._bell_read)

    def close(self) -> None:
        """Close all descriptors, those of the processes included."""
        for number in self.watched:
            os.close(number)
        for epoll in (self._processes, self._caller):
            if epoll is not None:
                epoll.close()
        os.close(self._bell_read)
        os.close(self._bell_write)


def make_pipe() -> tuple[int, int]:
    """Both ends of a pipe that never blocks."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    return read, write


def ring(number: int) -> None:
    """Make the other end of a pipe readable."""
    with contextlib.suppress(BlockingIOError):  # it is full, so it is readable
        os.write(number, b"!")


def drain(number: int) -> None:
    """Read all that is in a pipe."""
    with contextlib.suppress(BlockingIOError):
        while len(os.read(number, 4096)) == 4096:
            pass
