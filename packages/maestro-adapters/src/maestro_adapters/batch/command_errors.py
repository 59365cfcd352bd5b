"""What a failed command of a scheduler means: is it worth another try, may it have been received?"""

from __future__ import annotations

from re import Pattern

import attrs

from maestro_adapters.errors import SchedulerError
from maestro_adapters.process.runner import Result

__all__ = ["Refusals", "no_job_id"]


@attrs.frozen
class Refusals:
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
        """Whether the site takes no more jobs of this kind for now."""
        return not result.ok and bool(self.limit.search(result.output))

    def is_outage(self, result: Result) -> bool:
        """Whether the scheduler could not be reached, so that no other command will do better."""
        if result.problem == "timeout":
            return True
        if result.ok or result.problem is not None or self.at_limit(result):
            return False
        return bool(self.away.search(result.output) or self.lost.search(result.output))

    def error_of(self, result: Result, *, changes: bool = False) -> SchedulerError:
        """The error for a failed command.

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


def no_job_id(result: Result) -> SchedulerError:
    """A submission that ended well and printed no job id: it may have been accepted."""
    return SchedulerError(
        f"no job id in what {result.argv[0]} printed: {result.describe()}",
        command=result.argv,
        output=result.output,
        transient=True,
        unknown=True,
    )
