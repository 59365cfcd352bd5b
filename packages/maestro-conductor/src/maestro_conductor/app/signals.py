"""Catch TERM, INT and HUP while a conductor runs."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable
from types import FrameType

from maestro_conductor.runtime.wakeup_pipe import WakeupPipe

__all__ = ["Signals"]


class Signals:
    """Catch TERM and INT; they end the loop's waiting, which then leaves.

    Attributes:
        name: of the first that came; None: none came.
        again: another one came after it.
        wakeup: ends the loop's waiting.
    """

    def __init__(self) -> None:
        self.name: str | None = None
        self.again = False
        self.wakeup = WakeupPipe()
        #: Signal → what was done on it before.
        self._old: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._old[number] = signal.signal(number, self._caught)
            with contextlib.suppress(ValueError, AttributeError):
                # Whoever started us may go away: that is no reason to stop.
                self._old[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        return self

    def __exit__(self, *_exception: object) -> None:
        for number, action in self._old.items():
            signal.signal(number, action)
        self.wakeup.close()

    def _caught(self, number: int, _frame: FrameType | None) -> None:
        if self.name is None:
            self.name = signal.Signals(number).name
        else:
            self.again = True
        self.wakeup.set()
