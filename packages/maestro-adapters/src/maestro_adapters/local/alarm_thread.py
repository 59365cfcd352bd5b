"""Keeps a pool's alarms in a thread of its own: walltimes, grace periods, looks at what cannot notify.

It starts with the first alarm. What ends in between is the caller's to hear of, who waits for the pool's
`wake_fd`; once the pool is being closed, the thread hears of it too.
"""

from __future__ import annotations

import heapq
import itertools
import os
import select
import threading
import time
from collections.abc import Callable

from maestro_adapters.local.wakeup import drain, make_pipe, poke

__all__ = ["AlarmThread", "Repeating"]


class AlarmThread:
    """A thread that calls what is due. It holds the lock while it does, and never while it waits.

    Methods are called with the lock held, but for `join`.

    Args:
        lock: of everything that the called functions touch.
        work: called after alarms and once a watched descriptor is readable; False ends the thread.
        on_death: called when a bug has ended the thread.
    """

    def __init__(
        self,
        lock: threading.Lock,
        work: Callable[[], bool],
        on_death: Callable[[BaseException], None],
    ) -> None:
        self._lock = lock
        self._work = work
        self._on_death = on_death
        self._read, self._write = make_pipe()
        self._poll = select.poll()
        self._poll.register(self._read, select.POLLIN)
        #: (monotonic time, tie-breaker, what is to be done)
        self._alarms: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._thread: threading.Thread | None = None

    def later(self, delay: float, action: Callable[[], None]) -> None:
        """Call a function after so many seconds."""
        heapq.heappush(self._alarms, (time.monotonic() + delay, next(self._count), action))
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="maestro-local-pool", daemon=True
            )
            self._thread.start()
        elif threading.current_thread() is not self._thread:
            poke(self._write)

    def watch(self, descriptor: int) -> None:
        """Do the work from now on when this is readable, too."""
        self._poll.register(descriptor, select.POLLIN)
        poke(self._write)

    def join(self) -> None:
        """Wait for the end of the thread."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Free all descriptors, once the thread has ended."""
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
        with self._lock:
            due = self._alarms[0][0] if self._alarms else None
        # Rounded up, so that nothing is looked at before its time.
        self._poll.poll(None if due is None else max(0.0, due - time.monotonic()) * 1000 + 1)
        drain(self._read)
        with self._lock:
            now = time.monotonic()
            while self._alarms and self._alarms[0][0] <= now:
                heapq.heappop(self._alarms)[2]()
            return self._work()


class Repeating:
    """Something that is done again and again while it is needed.

    Args:
        later: calls a function after some seconds.
        interval: s between two calls.
        action: what is done.
        needed: whether it is to be done once more.
    """

    def __init__(
        self,
        later: Callable[[float, Callable[[], None]], None],
        interval: float,
        action: Callable[[], None],
        needed: Callable[[], object],
    ) -> None:
        self._later = later
        self._interval = interval
        self._action = action
        self._needed = needed
        self._is_due = False

    def start(self) -> None:
        """Do it from now on, while it is needed; does nothing where that is so already."""
        if not self._is_due and self._needed():
            self._is_due = True
            self._later(self._interval, self._repeat)

    def _repeat(self) -> None:
        self._is_due = False
        self._action()
        self.start()
