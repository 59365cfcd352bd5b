"""Reads what Slurm's programs print."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from maestro_adapters.batch.hostlist import expand_hosts
from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus, exit_code_of_wait_status
from maestro_adapters.slurm.commands import SACCT_FIELDS, SQUEUE_FIELDS
from maestro_adapters.slurm.states import translate

_SUBMITTED = re.compile(r"(\d+)(?:;(\S+))?", re.ASCII)
#: `12`, `12_3`; a het job's `12+0` and a pending array's `12_[0-3]` are no ids of ours.
_JOB_ID = re.compile(r"\d+(?:_\d+)?", re.ASCII)
_WITH_REASON = frozenset({states.PENDING, states.SUSPENDED, states.UNKNOWN}) | states.FINAL


@attrs.frozen
class QueuedJob:
    """One line of `squeue`."""

    job_id: str
    status: JobStatus
    comment: str


def submitted(stdout: str) -> str | None:
    """Return the job id in the answer of `sbatch --parsable`: `123` or `123;cluster`, on a line of its own.

    A site's banners may stand around it, with numbers in them; the answer comes last.
    """
    for line in reversed(stdout.splitlines()):
        if found := _SUBMITTED.fullmatch(line.strip()):
            return found[0]
    return None


def split_id(job_id: str) -> tuple[str, str | None]:
    """Split a job id of ours, `123;cluster`, into the id alone and the cluster, None for this one."""
    job, _, cluster = job_id.partition(";")
    return job, cluster or None


def squeue(stdout: str) -> Iterator[QueuedJob]:
    """Yield the jobs that `squeue` shows; lines of another form (banners, cluster headings) are skipped."""
    for line in stdout.splitlines():
        fields = line.split("|", len(SQUEUE_FIELDS) - 1)
        if len(fields) != len(SQUEUE_FIELDS):
            continue
        job_id, native, reason, restarts, start, end, code, nodes, comment = fields
        if not _JOB_ID.fullmatch(job_id.strip()):
            continue
        state = translate(native.strip())
        ended = state in states.FINAL or state == states.FINISHING
        status = JobStatus(
            state,
            native=native.strip(),
            reason=_word(reason) if state in _WITH_REASON else None,
            exit_code=_raw_code(code, state),
            # squeue estimates the start of a pending job and the end of a running one.
            started=None if state == states.PENDING else _seconds(start),
            ended=_seconds(end) if ended else None,
            restarts=int(restarts) if restarts.strip().isdecimal() else 0,
            nodes=tuple(expand_hosts(_word(nodes) or "")),
        )
        yield QueuedJob(job_id.strip(), status, comment.rstrip("|").rstrip())


def sacct(stdout: str) -> dict[str, JobStatus]:
    """Read the jobs that `sacct` shows, by id."""
    found: dict[str, JobStatus] = {}
    for line in stdout.splitlines():
        fields = line.split("|")
        if len(fields) != len(SACCT_FIELDS) or not _JOB_ID.fullmatch(fields[0].strip()):
            continue
        job_id, native, code, start, end, nodes = (field.strip() for field in fields)
        state = translate(native)
        found[job_id] = JobStatus(
            state,
            native=native,
            exit_code=_code_and_signal(code, state),
            started=_seconds(start),
            ended=_seconds(end),
            nodes=tuple(expand_hosts(_word(nodes) or "")),
        )
    return found


def cancel_errors(stderr: str) -> dict[str, str]:
    """Read what `scancel` complains about: job id → message."""
    pattern = re.compile(r"Kill job error on job id (\d+(?:_\d+)?): (.*)")
    return {found[1]: found[2].strip() for found in pattern.finditer(stderr)}


def max_array_size(stdout: str) -> int | None:
    """Read the site's MaxArraySize: indices of an array are below it."""
    found = re.search(r"^MaxArraySize\s*=\s*(\d+)", stdout, re.MULTILINE)
    return int(found[1]) if found else None


def _word(text: str) -> str | None:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    return None if text in ("", "None", "N/A", "(null)", "None assigned", "Unknown") else text


def _seconds(text: str) -> float | None:
    text = text.strip()
    return float(text) if text.isdecimal() and text != "0" else None


def _raw_code(text: str, state: str) -> int | None:
    if state not in (states.FINISHED, states.FAILED) or not text.strip().isdecimal():
        return None
    return exit_code_of_wait_status(int(text))


def _code_and_signal(text: str, state: str) -> int | None:
    found = re.fullmatch(r"(\d+):(\d+)", text)
    if state not in (states.FINISHED, states.FAILED) or not found:
        return None
    return 128 + int(found[2]) if int(found[2]) else int(found[1])
