"""Reads what Flux prints."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from maestro_adapters.batch.hostlist import expand_hosts
from maestro_adapters.batch.json_output import json_document, list_of_maps
from maestro_adapters.flux.states import translate
from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus

#: f58 (RFC 19): `ƒ`, or `f` where the locale has no such letter, and base58 digits.
_F58 = re.compile(r"[ƒf][1-9A-HJ-NP-Za-km-z]+")


@attrs.frozen
class QueuedJob:
    """One job of `flux jobs`."""

    job_id: str
    status: JobStatus
    name: str


def job_id(text: str) -> str:
    """Write an id in its usual form, `ƒ…`."""
    return "ƒ" + text[1:] if text.startswith("f") else text


def submitted(stdout: str) -> str | None:
    """Return the id that a submission printed, on a line of its own; the last, if banners stand before it."""
    for line in reversed(stdout.splitlines()):
        if _F58.fullmatch(line.strip()):
            return job_id(line.strip())
    return None


def jobs(stdout: str) -> list[QueuedJob]:
    """Read the jobs of `flux jobs --json`: a list, or one object where one id was asked for.

    Raises:
        ValueError: the text is not what `flux jobs` prints.
        KeyError: likewise, something is missing.
    """
    if not stdout.strip():
        return []
    document = json_document(stdout)
    return [_job(entry) for entry in list_of_maps(document.get("jobs", [document]))]


def _job(entry: Mapping[str, object]) -> QueuedJob:
    exception = entry.get("exception")
    about = exception if isinstance(exception, dict) else {}
    kind = str(about["type"]) if about.get("type") else None
    state = translate(str(entry.get("status") or entry.get("result") or entry["state"]), kind)
    reason = f"{kind}: {about.get('note') or ''}".strip(": ") if kind else None
    code = entry.get("returncode")
    status = JobStatus(
        state,
        native=str(entry.get("status") or entry["state"]),
        reason=reason or _waits_for(entry),
        # A job that never ran has a returncode below 0.
        exit_code=code
        if state in (states.FINISHED, states.FAILED) and isinstance(code, int) and code >= 0
        else None,
        started=_seconds(entry.get("t_run")),
        ended=_seconds(entry.get("t_cleanup")) if state in states.FINAL else None,
        nodes=tuple(expand_hosts(str(entry.get("nodelist") or ""))),
    )
    return QueuedJob(job_id(str(entry["jobid"])), status, str(entry.get("name") or ""))


def _seconds(value: object) -> float | None:
    """Return a time as Flux gives it, in seconds since 1970; 0: not yet."""
    return value if isinstance(value, (int, float)) and value else None


def _waits_for(entry: Mapping[str, object]) -> str | None:
    dependencies = entry.get("dependencies")
    if isinstance(dependencies, list) and dependencies:
        return f"depends: {', '.join(map(str, dependencies))}"
    return "held" if entry.get("urgency") == 0 and entry.get("state") == "SCHED" else None


def named_queues(stdout: str) -> list[str]:
    """Read the names of the queues; none where Flux has but one, without a name."""
    return [name for name in (line.strip() for line in stdout.splitlines()) if name]
