"""How many slots there are, and who fills them or waits for one. Pure."""

from __future__ import annotations

from maestro_adapters.local.job import LocalJob

__all__ = ["Slots"]


class Slots:
    """Slots, and the jobs that wait for them: first come, first served.

    So a big job is not passed for ever. One that is bigger than all slots takes all of them, and
    runs alone. Which job starts next, the keeper decides, by the same rule.

    Args:
        total: how many there are.

    Attributes:
        free: how many are not taken.
        waiting: jobs by their tokens, in their order.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.free = total
        self.waiting: dict[str, LocalJob] = {}

    def weigh(self, job: LocalJob) -> int:
        """How many it takes."""
        return min(job.slots, self.total)

    def have_room(self, job: LocalJob) -> bool:
        """Whether a new job may run at once: it fits, and none that came before it waits."""
        return not self.waiting and self.weigh(job) <= self.free

    def take(self, job: LocalJob) -> None:
        """A job runs; one that was found running may take more than there are."""
        self.free -= self.weigh(job)

    def give_back(self, job: LocalJob) -> None:
        """A job has ended."""
        self.free += self.weigh(job)
