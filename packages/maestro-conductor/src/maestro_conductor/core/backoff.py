"""Pace questions to a scheduler, and submissions that it refuses for now."""

from __future__ import annotations

__all__ = ["next_backoff", "next_poll_pause"]


def next_poll_pause(pause: float, longest: float, changed: bool) -> float:
    """Return how long to wait before the scheduler is asked again, in s.

    Args:
        pause: the last one; 0: there was none.
        longest: the study's ``sleep``.
        changed: the last answer reported something new.
    """
    if changed or not pause:
        return min(1.0, longest) if longest > 0 else 0.1
    return max(0.1, min(pause * 1.5, longest))


def next_backoff(pause: float, longest: float) -> float:
    """Return how long to leave a scheduler alone that takes no jobs now, in s: doubled each time."""
    return min(longest, pause * 2 or 1.0)
