"""Writes the command lines of Slurm's programs, as argument lists.

Options: https://slurm.schedmd.com/{sbatch,squeue,sacct,scancel}.html; all are in 20.02 and later.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from maestro_adapters.process.runner import Call, neutral_environment

#: Settings of the user for Slurm's programs, and what an allocation that we run in leaves behind:
#: both would change what our commands do, or leak into the jobs.
DROPPED = ("SBATCH_", "SQUEUE_", "SACCT_", "SCANCEL_", "SCONTROL_", "SALLOC_", "SLURM_", "SLURMD_")
#: Which Slurm to talk to, and as whom.
KEPT = ("SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT")

#: Times as seconds since 1970: any other value than the documented words goes to strftime(3).
_SECONDS = {"SLURM_TIME_FORMAT": "%s"}

#: `name:suffix`, a width of 0: the whole value, then `|`. The comment stands last, as it may hold `|`.
SQUEUE_FIELDS = (
    "JobArrayID",
    "State",
    "Reason",
    "RestartCnt",
    "StartTime",
    "EndTime",
    "exit_code",
    "NodeList",
    "Comment",
)
SACCT_FIELDS = ("JobID", "State", "ExitCode", "Start", "End", "NodeList")


def environment() -> dict[str, str]:
    """Make the environment of Slurm's commands."""
    return neutral_environment(os.environ, DROPPED, KEPT)


def sbatch(
    driver: str,
    *,
    workspace: str,
    comment: str,
    requeue: bool = False,
    exclude: Sequence[str] = (),
    options: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> Call:
    """Submit a driver, which goes through standard input.

    Args:
        driver: text of the script.
        workspace: where the job runs.
        comment: its last word names the submission.
        requeue: the scheduler may requeue the job itself; said either way, as the site's default
            (JobRequeue=1) is to do so.
        exclude: nodes to keep away from.
        options: more words.
        variables: for the job's environment.
    """
    argv = ["sbatch", "--parsable", "--requeue" if requeue else "--no-requeue"]
    argv += [f"--chdir={workspace}", f"--comment={comment}"]
    if exclude:
        argv.append(f"--exclude={','.join(exclude)}")
    return Call((*argv, *options), stdin=driver, submits=True, variables=variables or {})


def squeue(cluster: str | None) -> Call:
    """List all our jobs that the controller still holds, one line each, elements of arrays too.

    Not `--jobs`: with a single id that is not there, squeue fails instead of printing nothing.
    """
    fields = ",".join(f"{name}:|" for name in SQUEUE_FIELDS)
    argv = ["squeue", "--noheader", "--array", "--states=all", f"--user={os.getuid()}"]
    return Call((*argv, *_clusters(cluster), f"--Format={fields}"), variables=_SECONDS)


def sacct(job_ids: Sequence[str], cluster: str | None) -> Call:
    """Ask accounting about these jobs; with ids it looks at all of time."""
    argv = ["sacct", "--allocations", "--parsable2", "--noheader", f"--jobs={','.join(job_ids)}"]
    return Call(
        (*argv, *_clusters(cluster), f"--format={','.join(SACCT_FIELDS)}"), variables=_SECONDS
    )


def scancel(job_ids: Sequence[str], cluster: str | None) -> Call:
    """Cancel these jobs."""
    return Call(("scancel", *_clusters(cluster), *job_ids))


def show_config() -> Call:
    """Ask for the site's settings."""
    return Call(("scontrol", "show", "config"))


def _clusters(cluster: str | None) -> list[str]:
    return [f"--clusters={cluster}"] if cluster else []
