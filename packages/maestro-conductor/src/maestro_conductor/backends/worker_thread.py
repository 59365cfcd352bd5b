"""Make the calls of an adapter, which may block, in a thread of their own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol, TypeVar

__all__ = ["AdapterWorker", "Worker"]

_T = TypeVar("_T")


class Worker(Protocol):
    """Make a scheduler's calls."""

    def put(  # noqa: D102
        self, call: Callable[[], _T], answer: Callable[[_T], None], *, urgent: bool = False
    ) -> None: ...
    def collect(self) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102
    def join(self, timeout: float, /) -> None: ...  # noqa: D102


class AdapterWorker:
    """Make one call after the other; answers are collected by the loop's thread.

    Args:
        answered: called from the thread when there is an answer.
    """

    def __init__(self, answered: Callable[[], None]) -> None:
        self._answered = answered
        #: Make a call, and return what takes in its answer.
        self._calls: deque[Callable[[], Callable[[], None]]] = deque()
        self._answers: deque[Callable[[], None]] = deque()
        self._condition = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="maestro-adapter", daemon=True)
        self._thread.start()

    def put(
        self, call: Callable[[], _T], answer: Callable[[_T], None], *, urgent: bool = False
    ) -> None:
        """Have a call made; ``answer`` gets what it returned, in the thread of `collect`.

        Args:
            call: made in the worker's thread; must not raise.
            answer: called by `collect`.
            urgent: before all that wait.
        """

        def work() -> Callable[[], None]:
            value = call()
            return lambda: answer(value)

        with self._condition:
            if urgent:
                self._calls.appendleft(work)
            else:
                self._calls.append(work)
            self._condition.notify()

    def collect(self) -> None:
        """Hand out the answers that are there."""
        while self._answers:
            self._answers.popleft()()

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
                work = self._calls.popleft()
            self._answers.append(work())
            self._answered()
