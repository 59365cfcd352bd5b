"""What Flux prints, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from maestro_adapters.batch.command_errors import Refusals
from maestro_adapters.batch.hostlist import expand_hosts
from maestro_adapters.batch.json_output import json_document
from maestro_adapters.flux.states import translate
from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.process.runner import Result

#: f58 (RFC 19): `ƒ`, or `f` where the locale has no such letter, and base58 digits.
_F58 = re.compile(r"[ƒf][1-9A-HJ-NP-Za-km-z]+")
_UNKNOWN_ID = re.compile(r"JobID (\S+) unknown")
REFUSALS = Refusals(
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
_CANCEL_ERROR = re.compile(r"ERROR: (\S+): (.*)")
_ENDED = ("job is inactive", "unknown job id")


@attrs.frozen
class QueuedJob:
    """One job of `flux jobs`."""

    job_id: str
    status: JobStatus
    name: str


def job_id(text: str) -> str:
    """An id in its usual form, `ƒ…`."""
    return "ƒ" + text[1:] if text.startswith("f") else text


def submitted(stdout: str) -> str | None:
    """The id that a submission printed, on a line of its own; the last, if banners stand before it."""
    for line in reversed(stdout.splitlines()):
        if _F58.fullmatch(line.strip()):
            return job_id(line.strip())
    return None


def answered(result: Result) -> bool:
    """Whether `flux jobs` gave an answer: it fails where it knows none of the ids."""
    return result.ok or (result.problem is None and bool(_UNKNOWN_ID.search(result.stderr)))


def jobs(stdout: str) -> list[QueuedJob]:
    """The jobs of `flux jobs --json`: a list, or one object where one id was asked for.

    Raises:
        ValueError: the text is not what `flux jobs` prints.
    """
    if not stdout.strip():
        return []
    document = json_document(stdout)
    return [_job(entry) for entry in document.get("jobs", [document])]


def _job(entry: Mapping[str, Any]) -> QueuedJob:
    exception = entry.get("exception") or {}
    kind = exception.get("type")
    state = translate(str(entry.get("status") or entry.get("result") or entry["state"]), kind)
    reason = f"{kind}: {exception.get('note') or ''}".strip(": ") if kind else None
    code = entry.get("returncode")
    status = JobStatus(
        state,
        native=str(entry.get("status") or entry["state"]),
        reason=reason or _waits_for(entry),
        # A job that never ran has a returncode below 0.
        exit_code=code
        if state in (states.FINISHED, states.FAILED) and isinstance(code, int) and code >= 0
        else None,
        started=entry.get("t_run") or None,
        ended=(entry.get("t_cleanup") or None) if state in states.FINAL else None,
        nodes=tuple(expand_hosts(str(entry.get("nodelist") or ""))),
    )
    return QueuedJob(job_id(str(entry["jobid"])), status, str(entry.get("name") or ""))


def _waits_for(entry: Mapping[str, Any]) -> str | None:
    if entry.get("dependencies"):
        return f"depends: {', '.join(map(str, entry['dependencies']))}"
    return "held" if entry.get("urgency") == 0 and entry.get("state") == "SCHED" else None


def cancelled(ours: str, result: Result) -> bool:
    """Whether `flux cancel` accepted to end this job, or there is nothing left to end."""
    if result.ok:
        return True
    errors = {job_id(found): text for found, text in _CANCEL_ERROR.findall(result.stderr)}
    if ours in errors:
        return errors[ours].strip() in _ENDED
    return bool(errors) and not REFUSALS.is_outage(result) and result.problem is None


def named_queues(stdout: str) -> list[str]:
    """The names of the queues; none where Flux has but one, without a name."""
    return [name for name in (line.strip() for line in stdout.splitlines()) if name]
