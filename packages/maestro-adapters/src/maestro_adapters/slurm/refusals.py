"""What a failed command of Slurm means: is it worth another try, and may it have been received?

The texts are those of Slurm's `src/common/slurm_errno.c` and of its command line programs; Slurm
does not translate them.
"""

from __future__ import annotations

import re

from maestro_adapters.errors import SchedulerError
from maestro_adapters.runner import Result

#: The request went out and the answer did not come back: it may have been accepted.
_LOST_ANSWER = re.compile(
    r"""Socket\ timed\ out\ on\ send/recv | Zero\ Bytes\ were\ transmitted
      | (send|receive|shutdown)\ failure | Message\ (send|receive)\ failure
      | Communication\ shutdown\ failure | Connection\ timed\ out\ (reading|writing)
      | Unexpected\ message\ received | delayed\ socket\ error | Transport\ endpoint\ is\ not
      | Connection\ reset\ by\ peer | Broken\ pipe | Insane\ message\ length""",
    re.VERBOSE,
)
#: The controller was not reached, or said that it cannot now.
_NOT_NOW = re.compile(
    r"""Unable\ to\ contact\ slurm\ controller | Communication\ connection\ failure
      | Connection\ refused | Connection\ timed\ out | No\ route\ to\ host | Network\ is\ unreachable
      | Rate\ limit\ exceeded | standby\ mode | temporarily\ un | controller\ not\ responding
      | [Aa]uthentication | [Mm]unge | Host\ is\ down | Unable\ to\ establish
      | presently\ disabled | I/O\ error\ writing\ script | Could\ not\ establish\ a\ configuration
      | partition\ not\ available | [Nn]ode\ not\ available | SlurmDBD | slurmdbd
      | Resource\ temporarily | Name\ or\ service\ not\ known""",
    re.VERBOSE,
)
#: The site's limit of submitted jobs: QOSMaxSubmitJobPerUserLimit, AssocMaxSubmitJobLimit,
#: AssocGrpSubmitJobsLimit, MaxJobCount … ("Job violates accounting/QOS policy" alone may mean
#: another limit, which waiting does not lift.)
_LIMIT = re.compile(r"MaxSubmit\w*|GrpSubmit\w*|MaxJobCount", re.IGNORECASE)
_NO_ACCOUNTING = re.compile(r"accounting storage is disabled|accounting_storage/none|not supported")


def at_submit_limit(result: Result) -> bool:
    """Whether the site takes no more jobs of this kind for now."""
    return not result.ok and bool(_LIMIT.search(result.output))


def is_outage(result: Result) -> bool:
    """Whether the controller could not be reached, so that no other command will do better."""
    if result.problem == "timeout":
        return True
    return not result.ok and bool(
        _NOT_NOW.search(result.output) or _LOST_ANSWER.search(result.output)
    )


def has_no_accounting(result: Result) -> bool:
    """Whether `sacct` says that this site keeps no accounts, or there is no `sacct`."""
    return result.problem == "missing" or (
        not result.ok and bool(_NO_ACCOUNTING.search(result.output))
    )


def has_ended(message: str) -> bool:
    """Whether `scancel` complains only that there is nothing left to cancel."""
    return "already completing or completed" in message or "Invalid job id" in message


def error_of(result: Result, *, changes: bool = False) -> SchedulerError:
    """The error for a failed command.

    Args:
        result: of the command.
        changes: it makes something, so that a lost answer leaves open whether it did.
    """
    lost = result.problem == "timeout" or bool(_LOST_ANSWER.search(result.output))
    limit = at_submit_limit(result)
    message = result.describe()
    if limit:
        message = f"the site takes no more jobs for now: {message}"
    return SchedulerError(
        message,
        command=result.argv,
        output=result.output,
        transient=limit or is_outage(result),
        unknown=changes and lost,
    )
