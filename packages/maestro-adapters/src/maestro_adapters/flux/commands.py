"""Writes the command lines of Flux, as argument lists.

Pages of flux-core 0.88, below
https://flux-framework.readthedocs.io/projects/flux-core/en/latest/man1/: flux-batch, flux-submit,
flux-jobs, flux-cancel, flux-queue.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

from maestro_adapters.flux.directives import PREFIX
from maestro_adapters.process.runner import Call, neutral_environment

#: The user's output formats, and what a job that we run in left behind.
DROPPED = ("FLUX_JOBS_", "FLUX_QUEUE_", "FLUX_JOB_", "FLUX_TASK_")
#: Options of `flux batch` alone.
_OF_BATCH = ("--conf", "--broker-opts", "--broker-opt", "--dump")


def environment(uri: str | None) -> dict[str, str]:
    """Make the environment of Flux's commands; `uri` names the instance to talk to."""
    values = neutral_environment(os.environ, DROPPED)
    if uri:
        values["FLUX_URI"] = uri
    return values


def batch(driver: str, words: Sequence[str], workspace: str) -> Call:
    """Submit a driver as the first program of an instance of its own; it goes through standard input."""
    argv = ("flux", "batch", f"--cwd={workspace}", *words)
    return Call(argv, stdin=driver, submits=True)


def submit(
    driver: str,
    directives: Sequence[str],
    words: Sequence[str],
    workspace: str,
) -> Call:
    """Submit a driver as a plain job. `flux submit` reads no directives: they become options."""
    options: list[str] = []
    for line in directives:
        if line.startswith(PREFIX):
            said = shlex.split(line.removeprefix(PREFIX))
            if not said[0].startswith(_OF_BATCH):
                options += said
    argv = ("flux", "submit", *options, f"--cwd={workspace}", *words, "/bin/sh", "-c", driver)
    return Call(argv, submits=True)


def jobs(job_ids: Sequence[str]) -> Call:
    """List these jobs, in whatever state."""
    return Call(("flux", "jobs", "--json", *job_ids))


def live_jobs() -> Call:
    """List all our jobs that have not ended."""
    return Call(("flux", "jobs", "--json", "--count=0", "--filter=pending,running"))


def cancel(job_ids: Sequence[str]) -> Call:
    """Cancel these jobs."""
    return Call(("flux", "cancel", *job_ids))


def queues() -> Call:
    """List the names of the queues, one a line; an empty line for the one without a name."""
    return Call(("flux", "queue", "list", "-n", "-o", "{queue}"))
