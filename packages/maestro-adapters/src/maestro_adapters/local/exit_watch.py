"""What a caller waits for: the keeper's news, the ends of processes that it does not keep, and a bell.

One set of descriptors that is readable as a whole (epoll(7)): the keeper's, the pidfds of processes,
and a pipe, the bell, for what happened behind the caller's back.
"""

from __future__ import annotations

import contextlib
import math
import os
import select

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.system import System

__all__ = ["Ends", "drain", "make_pipe", "ring"]


class Ends:
    """The processes whose end is waited for, and the caller's bell.

    Args:
        system: what there is.

    Attributes:
        wake_fd: readable after `ring_bell`, while a keeper that is listened to tells something, and once
            a watched process has ended. Where a system has no epoll, after `ring_bell` alone.
        hears: there is an epoll.
        watched: job by pidfd.
        unwatched: jobs whose process has none, so that somebody has to look.
    """

    def __init__(self, system: System) -> None:
        self._open_pidfd = system.open_pidfd
        self.watched: dict[int, LocalJob] = {}
        self.unwatched: dict[LocalJob, None] = {}
        # The host program needs descriptors too.
        files = system.most_files()
        self._most = files if math.isinf(files) else files // 2
        self._rings = False
        self._bell_read, self._bell_write = make_pipe()
        self._epoll: select.epoll | None = None
        self.wake_fd = self._bell_read
        if hasattr(select, "epoll"):  # Linux; elsewhere there are no pidfds either
            self._epoll = select.epoll()
            self._epoll.register(self._bell_read, select.EPOLLIN)
            self.wake_fd = self._epoll.fileno()

    @property
    def hears(self) -> bool:
        """Whether `wake_fd` tells of keepers and processes, too."""
        return self._epoll is not None

    def watch(self, job: LocalJob) -> None:
        """Wait for the end of a job's script."""
        if self._epoll is not None and job.pid is not None and len(self.watched) < self._most:
            job.pidfd = self._open_pidfd(job.pid)
        if self._epoll is None or job.pidfd is None:
            self.unwatched[job] = None
            return
        self._epoll.register(job.pidfd, select.EPOLLIN)
        self.watched[job.pidfd] = job

    def forget(self, job: LocalJob) -> None:
        """Wait for it no longer."""
        self.unwatched.pop(job, None)
        if self._epoll is not None and job.pidfd is not None:
            del self.watched[job.pidfd]
            self._epoll.unregister(job.pidfd)
            os.close(job.pidfd)
            job.pidfd = None

    def ended(self) -> list[LocalJob]:
        """The jobs whose process has ended; they are told again until they are forgotten."""
        if self._epoll is None or not self.watched:
            return []
        ended = [number for number, _ in self._epoll.poll(0)]
        return [self.watched[number] for number in ended if number in self.watched]

    def listen(self, keeper: int) -> None:
        """Listen to a keeper, by its descriptor."""
        if self._epoll is not None:
            self._epoll.register(keeper, select.EPOLLIN)

    def hear_no_more(self, keeper: int) -> None:
        """Listen to it no longer."""
        if self._epoll is not None:
            self._epoll.unregister(keeper)

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
        if self._epoll is not None:
            self._epoll.close()
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
