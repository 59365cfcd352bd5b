"""Tells what a failed command of a scheduler means: is it worth another try, may it have been received?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from re import Pattern

import attrs

from maestro_adapters.errors import SchedulerError
from maestro_adapters.interface import CancelAnswer, SubmitAnswer
from maestro_adapters.job import states
from maestro_adapters.process.runner import Result

__all__ = ["ErrorPatterns"]


@attrs.frozen
class ErrorPatterns:
    """The words of one scheduler; anything else that fails is a refusal that counts.

    Attributes:
        limit: the site takes no more jobs for now.
        away: the scheduler was not reached, or said that it cannot now.
        lost: the request went out and its answer did not come back.
    """

    limit: Pattern[str]
    away: Pattern[str]
    lost: Pattern[str]

    def at_limit(self, result: Result) -> bool:
        """Tell whether the site takes no more jobs of this kind for now."""
        return not result.ok and bool(self.limit.search(result.output))

    def is_outage(self, result: Result) -> bool:
        """Tell whether the scheduler could not be reached, so that no other command will do better."""
        if result.problem == "timeout":
            return True
        if result.ok or result.problem is not None or self.at_limit(result):
            return False
        return bool(self.away.search(result.output) or self.lost.search(result.output))

    def error_of(self, result: Result, *, changes: bool = False) -> SchedulerError:
        """Make the error for a failed command.

        Args:
            result: of the command.
            changes: it makes something, so that a lost answer leaves open whether it did.
        """
        limit = self.at_limit(result)
        lost = result.problem == "timeout" or bool(self.lost.search(result.output))
        message = result.describe()
        if limit:
            message = f"the site takes no more jobs for now: {message}"
        return SchedulerError(
            message,
            command=result.argv,
            output=result.output,
            transient=limit or self.is_outage(result),
            unknown=changes and lost and not limit,
        )

    def submit_answer(self, result: Result, job_id: str | None) -> SubmitAnswer:
        """Make the answer for a submission.

        Args:
            result: of the command.
            job_id: that it printed; None: it printed none.
        """
        if not result.ok:
            return self.error_of(result, changes=True).answer()
        if job_id is not None:
            return {"job": job_id, "state": states.PENDING}
        # It ended well, so the job may have been accepted.
        error = SchedulerError(
            f"no job id in what {result.argv[0]} printed: {result.describe()}",
            command=result.argv,
            output=result.output,
            transient=True,
            unknown=True,
        )
        return error.answer()

    def cancel_answers(
        self, job_ids: Iterable[str], result: Result, accepted: Collection[str]
    ) -> dict[str, CancelAnswer]:
        """Make the answers for a cancellation.

        Args:
            job_ids: that were to be cancelled.
            result: of the command.
            accepted: those whose end was ordered, or is past.
        """
        error = self.error_of(result)
        return {
            job_id: {"cancelled": True} if job_id in accepted else error.cancel_answer()
            for job_id in job_ids
        }
