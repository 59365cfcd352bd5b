"""TERM, INT and HUP while a conductor runs."""

from __future__ import annotations

import contextlib
import signal
import threading
from types import FrameType
from typing import Any

from maestro_conductor.runtime.wakeup_pipe import Wake

__all__ = ["Signals"]


class Signals:
    """TERM and INT while a conductor runs: they wake the loop, which then leaves."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.wake = Wake()
        self._old: dict[int, Any] = {}
        self._count = 0

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
        self.wake.close()

    def _caught(self, number: int, _frame: FrameType | None) -> None:
        self._count += 1
        name = signal.Signals(number).name
        self.name = name if self._count == 1 else f"{name} again"
        self.wake.set()
