"""Waits for descriptors and for alarms, in a thread of its own."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import selectors
import threading
import time
from collections.abc import Callable

__all__ = ["Loop", "drain", "make_pipe", "ring"]


class Loop:
    """A thread that calls what is due. It holds the lock while it does, and never while it waits.

    Methods are called with the lock held, but for `join`.

    Args:
        lock: of everything that the called functions touch.
        after: called after each round; False ends the thread.
        on_death: called when a bug has ended the thread.
    """

    def __init__(
        self,
        lock: threading.Lock,
        after: Callable[[], bool],
        on_death: Callable[[BaseException], None],
    ) -> None:
        self._lock = lock
        self._after = after
        self._on_death = on_death
        self._selector = selectors.DefaultSelector()
        self._read, self._write = make_pipe()
        self._selector.register(self._read, selectors.EVENT_READ, lambda: drain(self._read))
        #: (monotonic time, tie-breaker, what is to be done)
        self._alarms: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, if it was not."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="maestro-local-pool", daemon=True
            )
            self._thread.start()

    def watch(self, number: int, action: Callable[[], None]) -> None:
        """Call a function whenever a descriptor is readable."""
        self._selector.register(number, selectors.EVENT_READ, action)

    def unwatch(self, number: int) -> None:
        """Forget a descriptor, before it is closed."""
        self._selector.unregister(number)

    @property
    def watched(self) -> int:
        """How many descriptors are watched."""
        return len(self._selector.get_map())

    def later(self, delay: float, action: Callable[[], None]) -> None:
        """Call a function after so many seconds."""
        heapq.heappush(self._alarms, (time.monotonic() + delay, next(self._count), action))
        self.poke()

    def poke(self) -> None:
        """Begin a round now."""
        if threading.current_thread() is not self._thread:
            ring(self._write)

    def join(self) -> None:
        """Wait for the end of the thread."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Free all descriptors, once the thread has ended."""
        self._selector.close()
        os.close(self._read)
        os.close(self._write)

    def _run(self) -> None:
        try:
            while self._round():
                pass
        except BaseException as error:
            with self._lock:
                self._on_death(error)
            raise

    def _round(self) -> bool:
        events = self._selector.select(self._time_to_wait())
        with self._lock:
            for key, _ in events:
                key.data()
            now = time.monotonic()
            while self._alarms and self._alarms[0][0] <= now:
                heapq.heappop(self._alarms)[2]()
            return self._after()

    def _time_to_wait(self) -> float | None:
        with self._lock:
            return max(0.0, self._alarms[0][0] - time.monotonic()) if self._alarms else None


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
