"""Reads what LSF's programs print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

from maestro_adapters.batch.json_output import json_document, list_of_maps
from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.lsf.commands import DELIMITER, FIELDS
from maestro_adapters.lsf.states import translate

_SUBMITTED = re.compile(r"^Job <(\d+)> is submitted", re.MULTILINE)
#: The same in another language: the id and the queue in angle brackets on one line.
_SUBMITTED_ABROAD = re.compile(r"^[^<>\n]*<(\d+)>[^<>\n]*<[^<>\n]+>[^<>\n]*$", re.MULTILINE)


@attrs.frozen
class QueuedJob:
    """One job of `bjobs`."""

    job_id: str
    status: JobStatus
    description: str


def submitted(stdout: str) -> str | None:
    """Return the job id in the answer of `bsub`: `Job <930> is submitted to default queue <normal>.`."""
    found = _SUBMITTED.findall(stdout) or _SUBMITTED_ABROAD.findall(stdout)
    return found[-1] if found else None


def bjobs(stdout: str, *, as_json: bool) -> list[QueuedJob]:
    """Read the jobs that `bjobs` shows.

    Raises:
        ValueError: the text is not what `bjobs` prints.
        KeyError: likewise, something is missing.
    """
    records = _json_records(stdout) if as_json else _text_records(stdout)
    return [_job(record) for record in records if record["stat"]]


def _json_records(stdout: str) -> Iterator[dict[str, str]]:
    for record in list_of_maps(json_document(stdout)["RECORDS"]):
        yield {field: str(record.get(field.upper()) or "") for field in FIELDS}


def _text_records(stdout: str) -> Iterator[dict[str, str]]:
    for line in stdout.splitlines():
        values = [value.strip() for value in line.split(DELIMITER, len(FIELDS) - 1)]
        if len(values) == len(FIELDS) and values[0].isdecimal():
            yield dict(
                zip(FIELDS, ("" if value == "-" else value for value in values), strict=True)
            )


def _job(record: Mapping[str, str]) -> QueuedJob:
    reason = record["exit_reason"]
    state = translate(record["stat"], reason)
    code = int(record["exit_code"]) if record["exit_code"].isdecimal() else None
    if state == states.FINISHED:
        code = 0
    status = JobStatus(
        state,
        native=record["stat"],
        reason=reason or None,
        exit_code=code if state in (states.FINISHED, states.FAILED) else None,
        nodes=tuple(hosts(record["exec_host"])),
    )
    return QueuedJob(record["jobid"], status, record["job_description"])


def hosts(text: str) -> Iterator[str]:
    """Yield the hosts of `4*hostA:hostB:hostB`, each once."""
    yield from dict.fromkeys(part.rpartition("*")[2] for part in text.split(":") if part)
