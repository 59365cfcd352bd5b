"""A thread for an adapter whose calls may block, so that a hanging scheduler delays nothing else."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["AdapterWorker", "Worker"]

#: A call, and what makes the event of its answer.
_Call = tuple[Callable[[], Any], Callable[[Any], None]]


class Worker(Protocol):
    """Make a scheduler's calls."""

    def put(  # noqa: D102
        self, call: Callable[[], Any], answer: Callable[[Any], None], *, urgent: bool = False
    ) -> None: ...
    def collect(self) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102
    def join(self, timeout: float, /) -> None: ...  # noqa: D102


class AdapterWorker:
    """Does one call after the other; answers are collected by the loop's thread.

    Args:
        wake: called from the thread when there is an answer.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._calls: deque[_Call] = deque()
        self._answers: deque[tuple[Callable[[Any], None], Any]] = deque()
        self._condition = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="maestro-adapter", daemon=True)
        self._thread.start()

    def put(
        self, call: Callable[[], Any], answer: Callable[[Any], None], *, urgent: bool = False
    ) -> None:
        """Have a call made; ``answer`` gets what it returned, in the thread of `collect`.

        Args:
            call: made in the worker's thread; must not raise.
            answer: called by `collect`.
            urgent: before all that wait.
        """
        with self._condition:
            if urgent:
                self._calls.appendleft((call, answer))
            else:
                self._calls.append((call, answer))
            self._condition.notify()

    def collect(self) -> None:
        """Hand out the answers that are there."""
        while self._answers:
            answer, value = self._answers.popleft()
            answer(value)

    def close(self) -> None:
        """End the thread after the call that is being made; calls that wait are dropped."""
        with self._condition:
            self._open = False
            self._calls.clear()
            self._condition.notify()

    def join(self, timeout: float) -> None:
        """Wait for the thread's end after `close`, at most ``timeout`` s."""
        self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._condition:
                while self._open and not self._calls:
                    self._condition.wait()
                if not self._open:
                    return
                call, answer = self._calls.popleft()
            self._answers.append((answer, call()))
            self._wake()
