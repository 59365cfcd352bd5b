"""Hold the number of jobs in flight to the study's throttle."""

from __future__ import annotations

__all__ = ["room", "surplus"]


def room(throttle: int, in_flight: int, instances: int) -> int:
    """Return how many attempts may be submitted now; 0 or less: none.

    Args:
        throttle: most jobs in flight; 0: no limit.
        in_flight: jobs that are.
        instances: of the study, as many as there can be at most.
    """
    return throttle - in_flight if throttle else instances


def surplus(throttle: int, in_flight: int) -> int:
    """Return how many attempts are in flight beyond the throttle, where that was lowered."""
    return max(0, in_flight - throttle) if throttle else 0
