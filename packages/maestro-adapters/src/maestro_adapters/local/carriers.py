"""Which processes of this machine belong to which jobs."""

from __future__ import annotations

from collections.abc import Collection

from maestro_adapters import states
from maestro_adapters.local import processes
from maestro_adapters.local.job import LocalJob, of_driver
from maestro_adapters.local.processes import Process
from maestro_adapters.states import JobStatus

__all__ = ["attach", "processes_of"]


def processes_of(jobs: Collection[LocalJob]) -> list[Process]:
    """All processes of these jobs, as far as this system tells.

    They carry its token, or belong to its session while the job lasts: later, the session's number
    may be another's.
    """
    if not jobs or not processes.can_scan():
        return []
    tokens = {job.token for job in jobs}
    sessions = {job.session for job in jobs if job.session is not None and not job.ended}
    return list(processes.scan(tokens, sessions))


def attach(tokens: Collection[str]) -> list[LocalJob]:
    """The jobs of these tokens that have live processes, whoever started them.

    Where the driver is gone and something it started lives on, that stands for the job: its script
    may still be at work.
    """
    carriers: dict[str, list[Process]] = {}
    for process in processes.scan(tokens):
        if process.token is not None:
            carriers.setdefault(process.token, []).append(process)
    return [_job(token, found) for token, found in carriers.items()]


def _job(token: str, carriers: list[Process]) -> LocalJob:
    drivers = [process for process in carriers if process.driver_arguments]
    process = drivers[0] if drivers else min(carriers, key=lambda process: process.pid)
    words = process.driver_arguments
    if words and len(words) >= 11:
        job = of_driver(token, words)
    else:
        status = JobStatus(states.RUNNING, native="running")
        job = LocalJob(token=token, workspace=None, child=False, status=status)
    job.pid = process.pid
    job.session = process.session
    return job
