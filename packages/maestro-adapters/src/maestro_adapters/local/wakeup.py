"""Makes the descriptor that a caller waits for: readable when there is something to be asked for.

One set of descriptors that is readable as a whole (epoll(7)): the keeper's, the pidfds of processes,
and a pipe, the bell, for what happened behind the caller's back.
"""

from __future__ import annotations

import contextlib
import os
import select

__all__ = ["Wakeup", "drain", "make_pipe", "poke"]


class Wakeup:
    """A set of descriptors with a bell.

    Args:
        has_epoll: Linux has; elsewhere there are no pidfds either.

    Attributes:
        fd: readable after `ring`, and while one of the added descriptors is. Where a system has no
            epoll, after `ring` alone.
    """

    def __init__(self, *, has_epoll: bool = hasattr(select, "epoll")) -> None:
        self._rings = False
        self._bell_read, self._bell_write = make_pipe()
        self._epoll: select.epoll | None = None
        self.fd = self._bell_read
        if has_epoll:
            self._epoll = select.epoll()
            self._epoll.register(self._bell_read, select.EPOLLIN)
            self.fd = self._epoll.fileno()

    @property
    def notifies(self) -> bool:
        """Whether `fd` tells of the added descriptors, too."""
        return self._epoll is not None

    def add(self, descriptor: int) -> None:
        """Wake the caller while a descriptor is readable."""
        if self._epoll is not None:
            self._epoll.register(descriptor, select.EPOLLIN)

    def remove(self, descriptor: int) -> None:
        """Wake it no longer; call this before the descriptor is closed."""
        if self._epoll is not None:
            self._epoll.unregister(descriptor)

    def ready(self) -> list[int]:
        """Return the descriptors that are readable now, the bell's included; does not wait."""
        return [] if self._epoll is None else [number for number, _ in self._epoll.poll(0)]

    def ring(self) -> None:
        """Make `fd` readable until `silence`."""
        self._rings = True
        poke(self._bell_write)

    def silence(self) -> None:
        """Take all ringing back."""
        if self._rings:
            self._rings = False
            drain(self._bell_read)

    def close(self) -> None:
        """Close the set and the bell; what was added is its owner's to close."""
        if self._epoll is not None:
            self._epoll.close()
        os.close(self._bell_read)
        os.close(self._bell_write)


def make_pipe() -> tuple[int, int]:
    """Return both ends of a pipe that never blocks, the one to read from first."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    return read, write


def poke(number: int) -> None:
    """Make the other end of a pipe readable."""
    with contextlib.suppress(BlockingIOError):  # it is full, so it is readable
        os.write(number, b"!")


def drain(number: int) -> None:
    """Read all that is in a pipe."""
    with contextlib.suppress(BlockingIOError):
        while len(os.read(number, 4096)) == 4096:
            pass
