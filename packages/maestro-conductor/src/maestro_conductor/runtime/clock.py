"""The clocks of this machine."""

from __future__ import annotations

import time

__all__ = ["SystemClock"]


class SystemClock:
    """Implements `maestro_conductor.backends.protocol.Clock`."""

    def wall(self) -> int:
        """Ms since 1970."""
        return time.time_ns() // 1_000_000

    def steady(self) -> float:
        """S of a clock that never jumps."""
        return time.monotonic()
