"""Counts slots: how many there are, and how many of them are free. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from maestro_adapters.local.job import LocalJob

__all__ = ["Slots"]


class Slots:
    """Slots that jobs fill. A job that is bigger than all of them takes all, and runs alone.

    Args:
        total: how many there are.

    Attributes:
        free: how many are not taken; negative where jobs that were found running fill more than
            there are.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.free = total

    def resize(self, total: int, taken: Iterable[LocalJob]) -> None:
        """Have another number of slots, of which these jobs fill some."""
        self.total = total
        self.free = total - sum(self.weigh(job) for job in taken)

    def weigh(self, job: LocalJob) -> int:
        """Return how many slots a job takes."""
        return min(job.slots, self.total)

    def fits(self, job: LocalJob) -> bool:
        """Return whether so many are free."""
        return self.weigh(job) <= self.free

    def take(self, job: LocalJob) -> None:
        """Fill a job's slots, whether they are free or not."""
        self.free -= self.weigh(job)

    def give_back(self, job: LocalJob) -> None:
        """Free the slots of a job that has ended."""
        self.free += self.weigh(job)
