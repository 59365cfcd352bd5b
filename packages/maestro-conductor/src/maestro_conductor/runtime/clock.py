"""The clocks of this machine."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """Tells the time."""

    def wall(self) -> int:
        """Ms since 1970; may jump."""
        ...

    def steady(self) -> float:
        """S; never jumps."""
        ...


class SystemClock:
    """Implements `Clock`."""

    def wall(self) -> int:
        """Ms since 1970."""
        return time.time_ns() // 1_000_000

    def steady(self) -> float:
        """S of a clock that never jumps."""
        return time.monotonic()
