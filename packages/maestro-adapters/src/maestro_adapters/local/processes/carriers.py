"""Finds the processes of this machine that belong to jobs."""

from __future__ import annotations

from collections.abc import Collection

from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.processes import process_table
from maestro_adapters.local.processes.process_table import Process

__all__ = ["attach", "processes_of"]


def processes_of(jobs: Collection[LocalJob]) -> list[Process]:
    """Find all processes of these jobs, as far as this system tells.

    They carry its token, or belong to its session while the job lasts: later, the session's number
    may be another's.
    """
    if not jobs or not process_table.can_scan():
        return []
    tokens = {job.token for job in jobs}
    sessions = {job.session for job in jobs if job.session is not None and not job.ended}
    return list(process_table.scan(tokens, sessions))


def attach(tokens: Collection[str]) -> list[LocalJob]:
    """Find the jobs of these tokens whose scripts live, whoever started them."""
    carriers: dict[str, list[Process]] = {}
    for process in process_table.scan(tokens):
        if process.token is not None:
            carriers.setdefault(process.token, []).append(process)
    return [job for token, found in carriers.items() if (job := _job(token, found)) is not None]


def _job(token: str, carriers: list[Process]) -> LocalJob | None:
    """Make the job of a token, or None where its script has ended.

    Where the attempt file does not say which process is the script, the first stands for it.
    """
    path = next((process.attempt for process in carriers if process.attempt), "")
    workspace, _, number = path.rpartition("/.attempt.")
    job = LocalJob(token=token, workspace=workspace, attempt=int(number or 0))
    attempt = job.read_attempt()
    pids = {process.pid: process for process in carriers}
    script = pids[min(pids)]
    if attempt is not None and attempt.exit_code is None and attempt.command_code is not None:
        # Its command has ended, and what that left in the background is still waited for.
        job.pid = job.session = attempt.pid if attempt.pid is not None else script.session
        job.slots, job.limit, job.command_code = attempt.slots, attempt.limit, attempt.command_code
        job.status = JobStatus(states.RUNNING, native="running", started=attempt.started)
        return job
    if attempt is not None:
        if attempt.exit_code is not None or (attempt.pid is not None and attempt.pid not in pids):
            return None  # what it left behind is not its script
        script = pids[attempt.pid] if attempt.pid is not None else script
        job.slots, job.limit = attempt.slots, attempt.limit
    job.pid, job.session = script.pid, script.session
    job.status = JobStatus(
        states.RUNNING,
        native="running",
        started=attempt.started if attempt else None,
        nodes=(attempt.host,) if attempt and attempt.host else (),
    )
    return job
