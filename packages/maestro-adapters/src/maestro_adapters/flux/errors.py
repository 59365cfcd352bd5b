"""Tells what a failed command of Flux means; the texts are those of flux-core 0.88."""

from __future__ import annotations

import re
from collections.abc import Sequence

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.flux.parse import job_id
from maestro_adapters.process.runner import Result

__all__ = ["PATTERNS", "accepted", "is_answer"]

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


def accepted(job_ids: Sequence[str], result: Result) -> set[str]:
    """Return the jobs that `flux cancel` accepted to end, or of which nothing is left to end."""
    if result.ok:
        return set(job_ids)
    errors = {job_id(found): text.strip() for found, text in _CANCEL_ERROR.findall(result.stderr)}
    # Where it complains of some jobs alone, it cancelled the others.
    others = bool(errors) and not PATTERNS.is_outage(result) and result.problem is None
    return {ours for ours in job_ids if (errors[ours] in _ENDED if ours in errors else others)}
