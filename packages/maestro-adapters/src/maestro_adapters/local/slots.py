"""Which jobs may run now: a number of slots, and a queue for them. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator

from maestro_adapters.local.job import LocalJob

__all__ = ["Slots"]


class Slots:
    """Slots, and the jobs that wait for them: first come, first served.

    So a big job is not passed for ever. One that is bigger than all slots takes all of them, and
    runs alone.

    Args:
        total: how many there are.

    Attributes:
        free: how many are not taken.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.free = total
        self._queue: deque[LocalJob] = deque()

    def __len__(self) -> int:
        """How many jobs wait."""
        return len(self._queue)

    def __iter__(self) -> Iterator[LocalJob]:
        """The jobs that wait, in their order."""
        return iter(self._queue)

    def _weight(self, job: LocalJob) -> int:
        return min(job.slots, self.total)

    def have_room(self, job: LocalJob) -> bool:
        """Whether a new job may run at once: it fits, and none that came before it waits."""
        return not self._queue and self._weight(job) <= self.free

    def take(self, job: LocalJob) -> None:
        """A job runs; one that was found running may take more than there are."""
        self.free -= self._weight(job)

    def give_back(self, job: LocalJob) -> None:
        """A job has ended."""
        self.free += self._weight(job)

    def wait(self, job: LocalJob) -> None:
        """A job joins the queue."""
        self._queue.append(job)

    def next(self) -> LocalJob | None:
        """The job whose turn it is, if there is room for it; it stays in the queue."""
        if self._queue and self._weight(self._queue[0]) <= self.free:
            return self._queue[0]
        return None

    def leave(self, jobs: Collection[LocalJob]) -> None:
        """Jobs leave the queue: they run, or they never will."""
        if len(jobs) == 1 and self._queue and self._queue[0] in jobs:
            self._queue.popleft()
        else:
            self._queue = deque(job for job in self._queue if job not in jobs)
