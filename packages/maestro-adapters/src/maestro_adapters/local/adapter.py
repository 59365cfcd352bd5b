"""Answers the interface of adapters for local jobs, out of a pool."""

from __future__ import annotations

import os
from collections.abc import Sequence

from maestro_adapters.errors import RequestError, SchedulerError
from maestro_adapters.interface import (
    Adapter,
    CancelAnswer,
    Description,
    FindAnswer,
    JobMap,
    OptionsMap,
    PollAnswer,
    Rendered,
    RequestMap,
    SubmitAnswer,
)
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.cores import usable_cores
from maestro_adapters.local.job import LocalJob, parse_local_job, prepare
from maestro_adapters.local.keeper.spawn import TOO_MANY
from maestro_adapters.local.pool import Pool
from maestro_adapters.local.processes.stop import GRACE
from maestro_adapters.local.system import System
from maestro_adapters.script import render as rendering

__all__ = ["LocalAdapter", "create"]

SUFFIX = ".sh"

#: Keys of a request that a script without directives depends on.
_RENDERED = (
    "name",
    "label",
    "workspace",
    "command",
    "restart",
    "shell",
    "scheduled",
    "nodes",
    "procs",
    "gpus",
    "cores_per_task",
    "default_nodes",
    "default_procs",
    "default_gpus",
)

_STRANGER = JobStatus(states.NOTFOUND, reason="this process neither started the job nor found it")


def create(options: OptionsMap) -> Adapter:
    """Make the adapter; the entry point names this."""
    return LocalAdapter(AdapterOptions.from_mapping(options))


class LocalAdapter:
    """Runs jobs on this machine, or over the nodes of the allocation around this process.

    Args:
        options: `slots`, `shell`, `launcher`, `environment` and `adopt` matter.
        grace: s between TERM and KILL of a job that is stopped.
        system: what there is; None: this one.
    """

    name = "local"

    def __init__(
        self, options: AdapterOptions, grace: float = GRACE, system: System | None = None
    ) -> None:
        self._options = options
        self._system = system or System()
        environment = {
            **os.environ,
            **{name: str(value) for name, value in options.environment.items()},
        }
        self._pool = Pool(
            options.slots or usable_cores(),
            environment,
            grace,
            adopt=options.adopt,
            system=self._system,
        )

    def describe(self) -> Description:
        """Say what it can do."""
        return {
            "name": self.name,
            "suffix": SUFFIX,
            "scheduled": False,
            "slots": self._pool.slots,
            "commands": [],
        }

    def render(self, request: RequestMap) -> Rendered:
        """Render scripts without directives; without a template of the study, the bare command runs."""
        parsed = parse_request(request, self._options, _RENDERED)
        texts = rendering.render(parsed, SUFFIX, [], lambda _nodes, _procs: "")
        try:
            texts["prepared"] = prepare(request, parsed)
        except RequestError:
            texts["prepared"] = None  # `submit` reads the request, and answers with what is wrong
        return texts

    def submit(self, jobs: Sequence[JobMap]) -> dict[str, SubmitAnswer]:
        """Start what has room; the rest waits for a slot, PENDING, in the order of submission."""
        good: dict[str, LocalJob] = {}
        answers: dict[str, SubmitAnswer] = {}
        for job in jobs:
            parsed = _parse(job)
            if isinstance(parsed, LocalJob):
                good[job["key"]] = parsed
            else:
                answers[job["key"]] = parsed
        try:
            found = self._pool.submit(list(good.values()))
        except OSError as error:
            passing = error.errno in TOO_MANY  # nothing was started
            trouble = SchedulerError(f"could not start it: {error.strerror}", transient=passing)
            return {**answers, **dict.fromkeys(good, trouble.answer())}
        for (key, started), state in zip(good.items(), found, strict=True):
            answers[key] = {"job": started.id, "state": state}
        return answers

    def poll(self, job_ids: Sequence[str]) -> dict[str, PollAnswer]:
        """Tell the state of each job; one that another process started is known after `find`.

        Where ``job`` is given, that is the job's id from now on.
        """
        jobs = self._pool.look(job_ids)
        if self._pool.broken is not None:
            reason = f"the thread of the local pool died: {self._pool.broken!r}"
            broken = JobStatus(states.UNREACHABLE, reason=reason).answer()
            return dict.fromkeys(job_ids, broken)
        return {job_id: _answer(job_id, job) for job_id, job in jobs.items()}

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """Send TERM, and KILL after a grace period; to the session, and to what left it but carries the token."""
        ours = self._pool.cancel(job_ids)
        stranger = SchedulerError(
            "this process neither started the job nor found it, so it cannot stop it"
        )
        return {
            job_id: {"cancelled": True} if job_id in ours else stranger.cancel_answer()
            for job_id in job_ids
        }

    def withdraw(self, job_ids: Sequence[str]) -> list[str]:
        """Have those of these jobs that wait for a slot never started, and name them; the others go on."""
        return self._pool.withdraw(job_ids)

    def resize(self, slots: int) -> None:
        """Run jobs in so many slots from here on; what waits for a slot has to be withdrawn before."""
        self._pool.resize(slots)

    def find(self, tokens: Sequence[str]) -> dict[str, FindAnswer]:
        """Look for live jobs by their tokens, those of a dead process included, with one look at all processes.

        *Absent* is said of this machine alone.
        """
        if not self._system.can_scan():
            return {
                token: {"error": "this system does not show the environment of processes"}
                for token in tokens
            }
        found = self._pool.find(tokens)
        return {
            token: _found(found[token]) if token in found else {"absent": True} for token in tokens
        }

    def wake_fd(self) -> int:
        """Return what is readable when a job has started or ended since the last `poll`."""
        return self._pool.wake_fd

    def close(self, stop_jobs: bool = False) -> None:
        """Leave running jobs to themselves, and those that wait for a slot unstarted; or stop all."""
        self._pool.close(stop_jobs)


def _parse(job: JobMap) -> LocalJob | SubmitAnswer:
    """Read a job, or make the answer for one that makes no sense."""
    try:
        return parse_local_job(job)
    except RequestError as error:
        return SchedulerError(str(error)).answer()


def _answer(job_id: str, job: LocalJob | None) -> PollAnswer:
    """Tell of a job; one that waited is named by its process from its start on, its old name stays valid."""
    if job is None:
        return _STRANGER.answer()
    answer = job.status.answer()
    if job.id != job_id:
        answer["job"] = job.id
    return answer


def _found(job: LocalJob) -> FindAnswer:
    """Tell that a job is there, whatever became of it meanwhile: the end is for `poll` to tell."""
    waits = job.status.state == states.PENDING
    return {"job": job.id, "state": states.PENDING if waits else states.RUNNING}
