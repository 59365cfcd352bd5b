"""Tell the time, by the clocks of this machine."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """Tell the time."""

    def wall(self) -> int:
        """Return ms since 1970; may jump."""
        ...

    def steady(self) -> float:
        """Return s; never jumps."""
        ...


class SystemClock:
    """Implement `Clock`."""

    def wall(self) -> int:
        """Return ms since 1970."""
        return time.time_ns() // 1_000_000

    def steady(self) -> float:
        """Return s of a clock that never jumps."""
        return time.monotonic()
