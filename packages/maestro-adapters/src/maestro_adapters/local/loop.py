"""The pool's own thread: it keeps the alarms, and stands in for a caller who is busy or away.

A caller that waits for `wake_fd` sees to the ends itself, which saves a change of threads for each.
The thread then rests. It takes over what a caller leaves lying, and everything while jobs wait for
slots: a free slot is filled at once, whatever the caller does.
"""

from __future__ import annotations

import heapq
import itertools
import os
import select
import threading
import time
from collections.abc import Callable

from maestro_adapters.local.ends import Ends, drain, make_pipe, ring

__all__ = ["Loop"]

#: s after a caller's visit in which the next one is left to it, too.
_REST = 0.1
#: s that a caller has to come and see, when it did not come lately.
_GRACE = 0.01


class Loop:
    """A thread that calls what is due. It holds the lock while it does, and never while it waits.

    Methods are called with the lock held, but for `join`.

    Args:
        lock: of everything that the called functions touch.
        ends: the processes whose end is waited for.
        work: called when one has ended, or alarms were due; False ends the thread.
        on_death: called when a bug has ended the thread.

    Attributes:
        visited: s, steady: when the caller was here last.
    """

    def __init__(
        self,
        lock: threading.Lock,
        ends: Ends,
        work: Callable[[], bool],
        on_death: Callable[[BaseException], None],
    ) -> None:
        self.visited = 0.0
        self._lock = lock
        self._ends = ends
        self._work = work
        self._on_death = on_death
        self._read, self._write = make_pipe()
        self._poked = select.poll()
        self._poked.register(self._read, select.POLLIN)
        self._any = select.poll()
        self._any.register(self._read, select.POLLIN)
        if ends.fd is not None:
            self._any.register(ends.fd, select.POLLIN)
        #: (monotonic time, tie-breaker, what is to be done)
        self._alarms: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, if it was not."""
        if self._thread is None:
            self.visited = time.monotonic()
            self._thread = threading.Thread(
                target=self._run, name="maestro-local-pool", daemon=True
            )
            self._thread.start()

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
        self._wait()
        drain(self._read)
        with self._lock:
            now = time.monotonic()
            while self._alarms and self._alarms[0][0] <= now:
                heapq.heappop(self._alarms)[2]()
            return self._work()

    def _wait(self) -> None:
        """Wait for a poke, an alarm, or an end that nobody else sees to."""
        while True:
            with self._lock:
                now = time.monotonic()
                alarm = max(0.0, self._alarms[0][0] - now) if self._alarms else None
                rest = self.visited + _REST - now if self._ends.calls else 0.0
            if rest > 0 and (alarm is None or rest < alarm):
                if self._poked.poll(_milliseconds(rest)):
                    return
                continue
            told = {number for number, _ in self._any.poll(_milliseconds(alarm))}
            if told != {self._ends.fd} or not self._ends.calls:
                return
            if self._poked.poll(_milliseconds(_GRACE)) or self.visited < now:
                return


def _milliseconds(seconds: float | None) -> float | None:
    """As `select.poll` wants them; rounded up, so that nothing is looked at before its time."""
    return None if seconds is None else seconds * 1000 + 1
