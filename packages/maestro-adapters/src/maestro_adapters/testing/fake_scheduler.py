"""A scheduler for tests: nothing runs, everything that can happen to a job can be made to happen.

`FakeScheduler` is an adapter as ``docs/adapters.md`` describes it. Time is the test's: jobs move
on when `FakeScheduler.advance` says so, never by themselves.

    fake = FakeScheduler()
    fake.plan("build", Plan(queued=10, runs=60), Plan(runs=5, state="FAILED", exit_code=2))
    fake.advance(70)
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from maestro_adapters.errors import SchedulerError
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.script import attempt_file, driver
from maestro_adapters.script import render as rendering

__all__ = ["FakeScheduler", "Plan"]

SUFFIX = ".fake.sh"


@attrs.frozen(kw_only=True)
class Plan:
    """What becomes of one submission.

    Attributes:
        queued: s in the queue.
        runs: s after that; None: until somebody ends it.
        state: how it ends.
        exit_code: of its script; None: the state's own, 0 or 1.
        reason: why it ends so.
        polls: states that the first polls see, whatever the time: ``["UNKNOWN", "SUSPENDED"]``.
        refused: the scheduler refuses it with this message, and has no such job.
        transient: of a refusal: trying again makes sense.
        lost: the submitter gets no answer, an error with `unknown`.
        arrives: s until a job whose answer was lost arrives all the same; None: it never does.
    """

    queued: float = 0
    runs: float | None = 0
    state: str = states.FINISHED
    exit_code: int | None = None
    reason: str | None = None
    polls: Sequence[str] = ()
    refused: str | None = None
    transient: bool = False
    lost: bool = False
    arrives: float | None = 0


@attrs.define
class _Job:
    id: str
    key: str
    token: str
    attempt: int
    workspace: str
    plan: Plan
    arrival: float
    polls: list[str]
    started: float | None = None
    ended: float | None = None
    end: JobStatus | None = None
    gone: bool = False


class FakeScheduler:
    """An adapter whose jobs do what their `Plan` says.

    Where a job's workspace is a folder, its attempt file is made there as a driver would make it;
    a job whose attempt was started or declared void before runs nothing and ends with exit code 75.

    Args:
        name: of the adapter.
        scheduled, slots: as `describe` gives them.

    Attributes:
        time: s since 1970, as far as the scheduler is concerned.
        calls: what was asked, in order: ``("poll", ["1", "2"])``.
        reachable: False: an outage; every question remains without an answer, jobs go on.
        default: the plan of submissions that have none of their own.
    """

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        name: str = "fake",
        scheduled: bool = True,
        slots: int | None = None,
        default: Plan | None = None,
    ) -> None:
        self.name = name
        self.time = 1_700_000_000.0
        self.calls: list[tuple[str, list[str]]] = []
        self.reachable = True
        self.default = default or Plan()
        self._options = AdapterOptions.from_mapping(options or {})
        self._scheduled = scheduled
        self._slots = slots
        self._plans: dict[str, list[Plan]] = {}
        self._jobs: dict[str, _Job] = {}

    # What a test does.

    def plan(self, key: str, *plans: Plan) -> None:
        """The fates of the submissions of a key, in order; the last one repeats itself."""
        self._plans[key] = list(plans)

    def advance(self, seconds: float) -> None:
        """Let time pass, one change after another, as they would come."""
        end = self.time + seconds
        while (moment := min(self._changes(), default=math.inf)) <= end:
            self.time = moment
            for job in self._jobs.values():
                self._move(job)
        self.time = end

    def finish(
        self, job_id: str, state: str = states.FINISHED, exit_code: int | None = None
    ) -> None:
        """End a job now."""
        job = self._jobs[job_id]
        self._start(job)
        self._end(job, state, exit_code, None)

    def lose(self, job_id: str) -> None:
        """The scheduler forgets a job, as it does with an old one, or one that it purged."""
        self._jobs[job_id].gone = True

    def job_of(self, key: str) -> str:
        """Id of the latest job of a key, whether its submitter knows it or not."""
        return [job.id for job in self._jobs.values() if job.key == key][-1]

    # The interface.

    def describe(self) -> dict[str, Any]:
        """What it can do."""
        return {
            "name": self.name,
            "suffix": SUFFIX,
            "scheduled": self._scheduled,
            "slots": self._slots,
            "commands": [],
        }

    def render(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Scripts with directives of a kind of its own."""
        job = parse_request(request, self._options)
        directives = [f"#FAKE --name={rendering.single_line(job.label)}"]

        def launch(nodes: int | None, procs: int | None) -> str:
            return f"fakerun --nodes={nodes or 1} --procs={procs or 1}"

        return rendering.render(job, SUFFIX, directives, launch)

    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Accept, refuse or lose each, by its plan."""
        self.calls.append(("submit", [job["key"] for job in jobs]))
        return {job["key"]: self._submit(job) for job in jobs}

    def _submit(self, job: Mapping[str, Any]) -> dict[str, Any]:
        if not self.reachable:
            return _error("the scheduler does not answer", transient=True)
        plans = self._plans.get(job["key"], [])
        plan = (plans.pop(0) if len(plans) > 1 else plans[0]) if plans else self.default
        if plan.refused is not None:
            return _error(plan.refused, transient=plan.transient)
        if plan.lost and plan.arrives is None:
            return _error("no answer in time", transient=True, unknown=True)
        record = _Job(
            id=str(len(self._jobs) + 1),
            key=job["key"],
            token=job["token"],
            attempt=job["attempt"],
            workspace=job["request"]["workspace"],
            plan=plan,
            arrival=self.time + (plan.arrives or 0.0 if plan.lost else 0.0),
            polls=list(plan.polls),
        )
        self._jobs[record.id] = record
        if plan.lost:
            return _error("no answer in time", transient=True, unknown=True)
        return {"job": record.id, "state": states.PENDING}

    def poll(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The state of each job at this time."""
        self.calls.append(("poll", list(job_ids)))
        return {job_id: self._poll(job_id).answer() for job_id in job_ids}

    def _poll(self, job_id: str) -> JobStatus:
        if not self.reachable:
            return JobStatus(states.UNREACHABLE, reason="the scheduler does not answer")
        job = self._known(job_id)
        if job is None:
            return JobStatus(states.NOTFOUND)
        if job.polls:
            return JobStatus(job.polls.pop(0), native="SCRIPTED")
        return self._status(job)

    def cancel(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """End each job now, CANCELLED."""
        self.calls.append(("cancel", list(job_ids)))
        return {job_id: self._cancel(job_id) for job_id in job_ids}

    def _cancel(self, job_id: str) -> dict[str, Any]:
        if not self.reachable:
            return _error("the scheduler does not answer", transient=True)
        job = self._known(job_id)
        if job is None:
            return _error(f"there is no job {job_id}")
        if job.end is None:
            self._end(job, states.CANCELLED, None if job.started is None else 143, "cancelled")
        return {"cancelled": True}

    def find(self, tokens: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The job of each token that has arrived by now."""
        self.calls.append(("find", list(tokens)))
        if not self.reachable:
            return {token: {"error": "the scheduler does not answer"} for token in tokens}
        known = {job.token: job for job in self._jobs.values() if self._known(job.id)}
        return {
            token: self._found(known[token]) if token in known else {"absent": True}
            for token in tokens
        }

    def _found(self, job: _Job) -> dict[str, Any]:
        waits = self._status(job).state == states.PENDING
        return {"job": job.id, "state": states.PENDING if waits else states.RUNNING}

    def wake_fd(self) -> int | None:
        """None: it is polled."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Jobs go on, unless `stop_jobs`."""
        if stop_jobs:
            self.cancel(list(self._jobs))

    # How jobs move on.

    def _known(self, job_id: str) -> _Job | None:
        job = self._jobs.get(job_id)
        return None if job is None or job.gone or job.arrival > self.time else job

    def _changes(self) -> list[float]:
        """When jobs change next, by their plans."""
        moments = []
        for job in self._jobs.values():
            if job.started is None and job.end is None:
                moments.append(max(self.time, job.arrival + job.plan.queued))
            elif job.end is None and job.started is not None and job.plan.runs is not None:
                moments.append(max(self.time, job.started + job.plan.runs))
        return moments

    def _move(self, job: _Job) -> None:
        if job.end is None and job.started is None and job.arrival + job.plan.queued <= self.time:
            self._start(job)
        if job.end is not None or job.started is None or job.plan.runs is None:
            return
        if job.started + job.plan.runs <= self.time:
            self._end(job, job.plan.state, job.plan.exit_code, job.plan.reason)

    def _start(self, job: _Job) -> None:
        if job.started is not None:
            return
        job.started = self.time
        if not Path(job.workspace).is_dir():
            return
        path = attempt_file.path_of(job.workspace, job.attempt)
        try:
            with path.open("x") as file:
                file.write(f"start pid=1 host={self.name} boot=- time={int(self.time)}\n")
        except FileExistsError:
            self._finish(
                job, JobStatus(states.FAILED, native="EXIT", exit_code=driver.ALREADY_STARTED)
            )

    def _end(self, job: _Job, state: str, exit_code: int | None, reason: str | None) -> None:
        if exit_code is None and state in (states.FINISHED, states.FAILED):
            exit_code = 0 if state == states.FINISHED else 1
        # A node that fails takes the driver with it, so nobody writes the end.
        if job.started is not None and exit_code is not None and state != states.HWFAILURE:
            with (
                contextlib.suppress(OSError),
                attempt_file.path_of(job.workspace, job.attempt).open("r+") as file,
            ):
                file.seek(0, os.SEEK_END)
                file.write(f"end code={exit_code} time={int(self.time)}\n")
        self._finish(job, JobStatus(state, native="ENDED", reason=reason, exit_code=exit_code))

    def _finish(self, job: _Job, status: JobStatus) -> None:
        job.ended = self.time
        job.end = attrs.evolve(status, started=job.started, ended=job.ended)

    def _status(self, job: _Job) -> JobStatus:
        if job.end is not None:
            return job.end
        if job.started is not None:
            return JobStatus(states.RUNNING, native="RUN", started=job.started)
        return JobStatus(states.PENDING, native="WAIT", reason="Priority")


def _error(message: str, *, transient: bool = False, unknown: bool = False) -> dict[str, Any]:
    return SchedulerError(message, transient=transient, unknown=unknown).answer()
