"""Tells what a failed command of Slurm means.

The texts are those of Slurm's `src/common/slurm_errno.c` and of its command line programs; Slurm
does not translate them.
"""

from __future__ import annotations

import re

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.process.runner import Result

__all__ = ["PATTERNS", "has_ended", "has_no_accounting"]

#: The request went out and the answer did not come back: it may have been accepted.
_LOST = re.compile(
    r"""Socket\ timed\ out\ on\ send/recv | Zero\ Bytes\ were\ transmitted
      | (send|receive|shutdown)\ failure | Message\ (send|receive)\ failure
      | Communication\ shutdown\ failure | Connection\ timed\ out\ (reading|writing)
      | Unexpected\ message\ received | delayed\ socket\ error | Transport\ endpoint\ is\ not
      | Connection\ reset\ by\ peer | Broken\ pipe | Insane\ message\ length""",
    re.VERBOSE,
)
#: The controller was not reached, or said that it cannot now.
_AWAY = re.compile(
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

PATTERNS = ErrorPatterns(limit=_LIMIT, away=_AWAY, lost=_LOST)


def has_no_accounting(result: Result) -> bool:
    """Tell whether `sacct` says that this site keeps no accounts, or there is no `sacct`."""
    return result.problem == "missing" or (
        not result.ok and bool(_NO_ACCOUNTING.search(result.output))
    )


def has_ended(message: str) -> bool:
    """Tell whether `scancel` complains only that there is nothing left to cancel."""
    return "already completing or completed" in message or "Invalid job id" in message
