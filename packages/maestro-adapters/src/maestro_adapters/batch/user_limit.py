"""Applies the user's own limit on all of their jobs in the queue, whoever submitted them."""

from __future__ import annotations

from collections.abc import Callable

import attrs

__all__ = ["Room", "UserLimit"]


@attrs.frozen
class Room:
    """How many jobs may be submitted now.

    Attributes:
        jobs: that many.
        reason: why no more; empty where all may.
    """

    jobs: int
    reason: str = ""


@attrs.frozen
class UserLimit:
    """The option ``user_throttle``.

    Attributes:
        most: jobs of the user that may wait or run; None: no limit, and nothing is counted.
        count: counts them, or says why it cannot.
    """

    most: int | None
    count: Callable[[], int | str]

    def room(self, wanted: int) -> Room:
        """Count the queue once, and say how many of `wanted` jobs still fit."""
        if self.most is None or not wanted:
            return Room(wanted)
        taken = self.count()
        if isinstance(taken, str):
            return Room(0, f"not submitted, as the user's jobs could not be counted: {taken}")
        jobs = max(0, min(wanted, self.most - taken))
        return Room(
            jobs,
            f"no more jobs for now: user_throttle is {self.most}, and {taken + jobs} jobs of the user are"
            " in the queue",
        )
