"""Catch TERM and INT in the ``conductor`` command before and after `Signals` does."""

from __future__ import annotations

import signal
import threading
from types import FrameType

__all__ = ["CommandSignals"]


class CommandSignals:
    """What TERM and INT do to the command while nothing is conducted.

    They end it by an exception until it has done what it was to do, `done`. From then on its exit code is
    known, and nothing that comes while it tidies up may put another in its place.
    """

    def __init__(self) -> None:
        self._done = False
        self._old: list[int] = []

    def take(self) -> None:
        """Take those that have their usual action; in the main thread only."""
        if threading.current_thread() is not threading.main_thread():
            return
        usual = {signal.SIGTERM: signal.SIG_DFL, signal.SIGINT: signal.default_int_handler}
        for number, action in usual.items():
            if signal.getsignal(number) == action:
                signal.signal(number, self._caught)
                self._old.append(number)

    def done(self) -> None:
        """Let them do nothing any more."""
        self._done = True

    def leave(self, *, for_good: bool) -> None:
        """Give them back.

        Args:
            for_good: the process ends, and they are ignored: Python gives its own handlers up before that.
        """
        for number in self._old:
            usual = signal.SIG_DFL if number == signal.SIGTERM else signal.default_int_handler
            signal.signal(number, signal.SIG_IGN if for_good else usual)

    def _caught(self, number: int, _frame: FrameType | None) -> None:
        if self._done:
            return
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)
