"""Ends the attempt file of a job in the place of its keeper, which was killed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.keeper.background import named, still_writing
from maestro_adapters.script import attempt_file
from maestro_adapters.script.regular_files import open_regular

__all__ = ["still_writes", "write_command", "write_end"]


def still_writes(job: LocalJob) -> bool:
    """Return whether something of a job's session can write to its logs; sets what, as a keeper does."""
    if job.session is None:
        return False
    found = Path(job.workspace).glob(f"*.{job.session}.*")
    logs = [os.fsencode(path) for path in found if path.suffix in (".out", ".err")]
    job.left = still_writing(job.session, logs, job.left)
    return bool(job.left)


def write_command(job: LocalJob, exit_code: int) -> str:
    """Note in a dead keeper's place that a command has ended and what it left; returns what that is."""
    left = os.fsdecode(named(job.left))
    _append(job, f"command code={exit_code} left={left}\n")
    return left


def write_end(job: LocalJob, exit_code: int) -> None:
    """End the attempt file of a job in its dead keeper's place, for whoever asks later."""
    _append(job, f"end code={exit_code}\n")


def _append(job: LocalJob, line: str) -> None:
    with (
        contextlib.suppress(OSError),
        os.fdopen(_attempt_file(job), "a") as file,
    ):
        file.write(line)


def _attempt_file(job: LocalJob) -> int:
    path = attempt_file.path_of(job.workspace, job.attempt)
    return open_regular(path, os.O_WRONLY | os.O_APPEND)
