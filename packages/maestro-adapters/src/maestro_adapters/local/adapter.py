"""The adapter `local`: the interface over the pool."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from maestro_adapters.errors import RequestError, SchedulerError
from maestro_adapters.interface import Adapter
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.cores import usable_cores
from maestro_adapters.local.job import LocalJob, parse_local_job
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


def create(options: Mapping[str, Any]) -> Adapter:
    """The factory that the entry point names."""
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

    def describe(self) -> dict[str, Any]:
        """What it can do."""
        return {
            "name": self.name,
            "suffix": SUFFIX,
            "scheduled": False,
            "slots": self._pool.slots,
            "commands": [],
        }

    def render(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Scripts without directives; without a template of the study, the bare command runs."""
        asked = {key: request.get(key) for key in _RENDERED}
        return rendering.render(parse_request(asked, self._options), SUFFIX, [], lambda _n, _p: "")

    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Start what has room; the rest waits for a slot, PENDING, in the order of submission."""
        parsed = {submission["key"]: _parse(submission) for submission in jobs}
        good = {key: job for key, job in parsed.items() if isinstance(job, LocalJob)}
        answers = {key: bad for key, bad in parsed.items() if not isinstance(bad, LocalJob)}
        try:
            found = self._pool.submit(list(good.values()))
        except OSError as error:
            passing = error.errno in TOO_MANY  # nothing was started
            trouble = SchedulerError(f"could not start it: {error.strerror}", transient=passing)
            return {**answers, **dict.fromkeys(good, trouble.answer())}
        for (key, job), state in zip(good.items(), found, strict=True):
            answers[key] = {"job": job.id, "state": state}
        return answers

    def poll(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The state of each job; one that another process started is known after `find`.

        Where ``job`` is given, that is the job's id from now on.
        """
        jobs = self._pool.look(job_ids)
        if self._pool.broken is not None:
            reason = f"the thread of the local pool died: {self._pool.broken!r}"
            broken = JobStatus(states.UNREACHABLE, reason=reason).answer()
            return dict.fromkeys(job_ids, broken)
        return {job_id: _answer(job_id, job) for job_id, job in jobs.items()}

    def cancel(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """TERM, a grace period, KILL; for the session, and for what left it but carries the token."""
        ours = self._pool.cancel(job_ids)
        stranger = SchedulerError(
            "this process neither started the job nor found it, so it cannot stop it"
        )
        return {
            job_id: {"cancelled": True} if job_id in ours else stranger.answer()
            for job_id in job_ids
        }

    def withdraw(self, job_ids: Sequence[str]) -> list[str]:
        """Those of these jobs that wait for a slot never start, and are named; the others go on."""
        return self._pool.withdraw(job_ids)

    def find(self, tokens: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Live jobs by their token, those of a dead process included; one look at all processes.

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
        """Readable when a job has started or ended since the last `poll`."""
        return self._pool.wake_fd

    def close(self, stop_jobs: bool = False) -> None:
        """Running jobs go on, those that wait for a slot never start; or all are stopped."""
        self._pool.close(stop_jobs)


def _parse(submission: Mapping[str, Any]) -> LocalJob | dict[str, Any]:
    """The job, or the answer for one that makes no sense."""
    try:
        return parse_local_job(submission)
    except RequestError as error:
        return SchedulerError(str(error)).answer()


def _answer(job_id: str, job: LocalJob | None) -> dict[str, Any]:
    """A job that waited is named by its process from its start on; the name before stays valid."""
    if job is None:
        return _STRANGER.answer()
    answer = job.status.answer()
    if job.id != job_id:
        answer["job"] = job.id
    return answer


def _found(job: LocalJob) -> dict[str, Any]:
    """It is there, whatever became of it meanwhile: the end is for `poll` to tell."""
    waits = job.status.state == states.PENDING
    return {"job": job.id, "state": states.PENDING if waits else states.RUNNING}
