"""Tell a time that stands still until it is told to go on."""

from __future__ import annotations

import attrs

__all__ = ["ManualClock"]


@attrs.define
class ManualClock:
    """Implement `maestro_conductor.runtime.clock.Clock`; set its attributes, or `advance` both."""

    wall_ms: int = 1_700_000_000_000
    steady_s: float = 1000.0

    def wall(self) -> int:
        """Return ms since 1970."""
        return self.wall_ms

    def steady(self) -> float:
        """Return s of a clock that never jumps."""
        return self.steady_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.wall_ms += round(seconds * 1000)
        self.steady_s += seconds
