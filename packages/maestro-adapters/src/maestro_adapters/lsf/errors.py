"""Tells what a failed command of LSF means; the texts are those of LSF 10.1."""

from __future__ import annotations

import re

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.process.runner import Result

__all__ = ["PATTERNS", "accepts_cancel", "has_no_json", "shows_nothing"]

PATTERNS = ErrorPatterns(
    # https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=execution-about-job-states: refused while
    # a user's pending jobs are at MAX_PEND_JOBS or MAX_PEND_SLOTS.
    limit=re.compile(r"(Pending job|Job|pending slots?) threshold reached", re.IGNORECASE),
    away=re.compile(
        r"""Cannot\ connect\ to\ LSF | L[SI][FM]\ is\ down | [Pp]lease\ wait | Connection\ refused
          | Failed\ in\ (an\ )?LSF\ library\ call | mbatchd?\ is\ (not|down|busy) | Cannot\ contact
          | [Dd]aemon\ not\ responding""",
        re.VERBOSE,
    ),
    lost=re.compile(r"(Communication|read|receive) time ?out|Connection reset", re.IGNORECASE),
)
_NOTHING = re.compile(r"No (unfinished |matching )?job found", re.IGNORECASE)
_NO_JSON = re.compile(
    r"(illegal|unknown|invalid|unrecognized) option|Usage:|bad option", re.IGNORECASE
)
_ENDED = ("already finished", "No matching job found", "is not found")


def has_no_json(result: Result) -> bool:
    """Tell whether this `bjobs` is too old for `-json`."""
    return not result.ok and bool(_NO_JSON.search(result.output))


def shows_nothing(result: Result) -> bool:
    """Tell whether `bjobs` says that there is no job; it may call that a failure."""
    return result.problem is None and bool(_NOTHING.search(result.output))


def accepts_cancel(job_id: str, result: Result) -> bool:
    """Tell whether `bkill` accepted to end this job, or there is nothing left to end."""
    if result.ok:
        return True
    about = [line for line in result.output.splitlines() if f"<{job_id}>" in line]
    if any("being terminated" in line for line in about):
        return True
    return any(word in line for line in about for word in _ENDED)
