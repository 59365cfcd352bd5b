"""Counts the rounds in which a scheduler has not shown a job.

A scheduler may lose sight of a job for a moment: it left the queue and accounting has not heard of
it yet. So *not there* is believed only after several rounds in a row in which the scheduler answered
and did not show the job, and some seconds. A round without an answer says nothing, and counts for
nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping

import attrs

from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus

__all__ = ["MissingJobTracker", "unreachable"]

#: Rounds in a row, and seconds, after which a job that nobody shows is not there. (Slurm's
#: accounting follows its queue by about a second.)
ROUNDS = 3
SECONDS = 5.0


@attrs.define
class MissingJobTracker:
    """What was last seen of each job.

    Attributes:
        rounds: answered rounds in a row without the job after which it is `NOTFOUND`,
        seconds: and time since the first of them.
        clock: tells seconds.
    """

    rounds: int = ROUNDS
    seconds: float = SECONDS
    clock: Callable[[], float] = time.monotonic
    _last: dict[str, JobStatus] = attrs.field(factory=dict, init=False)
    _misses: dict[str, tuple[int, float]] = attrs.field(factory=dict, init=False)

    def seen(self, job_id: str, status: JobStatus) -> JobStatus:
        """Note that the scheduler showed the job; gives what it showed."""
        self._last[job_id] = status
        self._misses.pop(job_id, None)
        return status

    def missed(self, job_id: str) -> JobStatus:
        """Note that the scheduler answered without the job; gives its last live state, or `NOTFOUND`."""
        now = self.clock()
        misses, since = self._misses.get(job_id, (0, now))
        misses += 1
        self._misses[job_id] = misses, since
        last = self._last.get(job_id)
        if misses >= self.rounds and now - since >= self.seconds:
            reason = f"the scheduler answered {misses} times in a row without this job"
            return JobStatus(states.NOTFOUND, reason=reason)
        if last is None or last.state in states.FINAL:
            last = JobStatus(states.UNKNOWN)
        reason = f"not shown by the scheduler, round {misses} of at least {self.rounds}"
        return attrs.evolve(last, reason=reason)

    def follow(
        self, job_ids: Iterable[str], shown: Mapping[str, JobStatus]
    ) -> dict[str, JobStatus]:
        """Note what a round brought.

        Args:
            job_ids: that were asked for.
            shown: what the scheduler said of each; `unreachable` for one that it could not be asked
                about, which says nothing. One that is left out was not shown.

        Returns:
            By id the status that is believed.
        """
        return {job_id: self._followed(job_id, shown.get(job_id)) for job_id in job_ids}

    def _followed(self, job_id: str, status: JobStatus | None) -> JobStatus:
        if status is None:
            return self.missed(job_id)
        return status if status.state == states.UNREACHABLE else self.seen(job_id, status)

    def live(self) -> list[str]:
        """List the jobs that were alive when last seen."""
        return [job_id for job_id, status in self._last.items() if status.state in states.LIVE]

    def keep_only(self, job_ids: Collection[str]) -> None:
        """Forget the jobs that are no longer asked for."""
        wanted = set(job_ids)
        for job_id in [job_id for job_id in self._last if job_id not in wanted]:
            del self._last[job_id]
        for job_id in [job_id for job_id in self._misses if job_id not in wanted]:
            del self._misses[job_id]


def unreachable(reason: str) -> JobStatus:
    """Make the status of a job that the scheduler could not be asked about."""
    return JobStatus(states.UNREACHABLE, reason=reason)
