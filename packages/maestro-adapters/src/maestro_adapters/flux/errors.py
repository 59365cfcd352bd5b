"""Tells what a failed command of Flux means; the texts are those of flux-core 0.88."""

from __future__ import annotations

import re

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.flux.parse import job_id
from maestro_adapters.process.runner import Result

__all__ = ["PATTERNS", "accepts_cancel", "is_answer"]

PATTERNS = ErrorPatterns(
    limit=re.compile(
        r"max(imum)?[ -]?(active|running)?[ -]?jobs|submission is disabled", re.IGNORECASE
    ),
    away=re.compile(
        r"""Unable\ to\ connect\ to\ Flux | Connection\ (refused|reset) | No\ route\ to\ host
          | Broken\ pipe | Host\ is\ down | Function\ not\ implemented | not\ online
          | Resource\ temporarily""",
        re.VERBOSE,
    ),
    lost=re.compile(r"timed out", re.IGNORECASE),
)
_UNKNOWN_ID = re.compile(r"JobID (\S+) unknown")
_CANCEL_ERROR = re.compile(r"ERROR: (\S+): (.*)")
_ENDED = ("job is inactive", "unknown job id")


def is_answer(result: Result) -> bool:
    """Tell whether `flux jobs` gave an answer: it fails where it knows none of the ids."""
    return result.ok or (result.problem is None and bool(_UNKNOWN_ID.search(result.stderr)))


def accepts_cancel(ours: str, result: Result) -> bool:
    """Tell whether `flux cancel` accepted to end this job, or there is nothing left to end."""
    if result.ok:
        return True
    errors = {job_id(found): text for found, text in _CANCEL_ERROR.findall(result.stderr)}
    if ours in errors:
        return errors[ours].strip() in _ENDED
    return bool(errors) and not PATTERNS.is_outage(result) and result.problem is None
