"""Writes what `sbatch` gets: the driver of one job, the driver of an array."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.submission import Submission
from maestro_adapters.process.runner import Call
from maestro_adapters.script import driver
from maestro_adapters.script.render import single_line
from maestro_adapters.script.script_file import carried_script
from maestro_adapters.slurm import arrays, commands
from maestro_adapters.slurm.directives import job_name

__all__ = ["array_call", "comment", "common", "excluded", "is_plain", "single_call"]

#: A job that Slurm itself requeued has a restart count above 0 (sbatch(1), OUTPUT ENVIRONMENT).
_REQUEUED = '[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ]'
#: Directives in which the elements of one array may differ.
_OF_ELEMENTS = ("--job-name=", "--output=", "--error=", "--comment=")
#: Bytes of a comment; see `arrays`.
_MOST_COMMENT = 1024


def single_call(job: Submission, options: AdapterOptions) -> Call:
    """Write the command for one job.

    Raises:
        OSError: its script cannot be read.
    """
    prepared = job.prepared
    plain = is_plain(prepared.workspace)
    text = driver.scheduled(
        prepared.directives,
        driver.arguments(
            prepared.workspace,
            job.script,
            job.attempt,
            log="" if plain else prepared.label,
            log_id="${SLURM_JOB_ID}",
            job_id="${SLURM_JOB_ID}",
        ),
        {**options.environment, "MAESTRO_TOKEN": job.token},
        requeued=_REQUEUED if prepared.requeue else "",
        script_text=carried_script(job),
    )
    return commands.sbatch(
        text,
        workspace=prepared.workspace,
        comment=comment(prepared.description, job.token),
        requeue=prepared.requeue,
        exclude=excluded(job),
        options=() if plain else ("--output=/dev/null", "--error=/dev/null"),
    )


def array_call(jobs: Sequence[Submission], options: AdapterOptions) -> Call:
    """Write the command for several jobs as one array; element i is the i-th job.

    Slurm opens one pair of logs per element under names that it makes itself. The driver links them
    to the element's own names as its first act, so that what Slurm still writes (a cancellation,
    a time limit) ends up there too.
    """
    first = jobs[0]
    lines = common(first.prepared.directives)
    text = driver.scheduled(lines, _elements(jobs), dict(options.environment))
    return commands.sbatch(
        text,
        workspace=first.prepared.workspace,
        comment=comment("", arrays.pack([job.token for job in jobs])),
        exclude=excluded(first),
        options=[
            f"--array=0-{len(jobs) - 1}",
            f"--job-name={job_name(first.prepared.label)}+{len(jobs) - 1}",
            "--output=.array.%A_%a.out",
            "--error=.array.%A_%a.err",
        ],
    )


def _elements(jobs: Sequence[Submission]) -> str:
    element = "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
    lines = ["case $SLURM_ARRAY_TASK_ID in\n"]
    for index, job in enumerate(jobs):
        arguments = driver.arguments(
            job.prepared.workspace,
            job.script,
            job.attempt,
            log=job.prepared.label,
            log_id=element,
            job_id=element,
        )
        lines.append(f"{index}) MAESTRO_TOKEN={shlex.quote(job.token)}\n{arguments};;\n")
    lines.append("*) exit 73 ;;\nesac\nexport MAESTRO_TOKEN\n")
    lines.append(
        "for end in out err; do\n"
        f'  ln ".array.{element}.$end" "$1/$6.$7.$end" && rm -f ".array.{element}.$end"\n'
        "done 2>/dev/null\n"
    )
    return "".join(lines)


def comment(description: str, token: str) -> str:
    """Write a job's comment: what it is about, then the token."""
    room = _MOST_COMMENT - len(token.encode()) - 2
    text = single_line(description).encode()[: max(room, 0)].decode(errors="ignore")
    return f"{text} {token}".strip()


def excluded(job: Submission) -> list[str]:
    """List the nodes to keep away from: the job's, and the request's, which the option replaces."""
    return [*job.prepared.excluded, *job.exclude_nodes] if job.exclude_nodes else []


def is_plain(workspace: str) -> bool:
    """Tell whether Slurm opens logs in this folder: it takes the whole path for a file name pattern.

    (sbatch(1), "filename pattern"; a backslash anywhere switches the replacements off.) Elsewhere
    the driver opens them.
    """
    return not set(workspace) & set("\\%")


def common(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the directives that the elements of one array have in common."""
    return tuple(
        line for line in lines if not line.removeprefix("#SBATCH").strip().startswith(_OF_ELEMENTS)
    )
