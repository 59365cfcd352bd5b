"""A scheduler for tests: nothing runs, everything that can happen to a job can be made to happen.

`FakeScheduler` is an adapter as ``docs/adapters.md`` describes it. Time is the test's: jobs move
on when `FakeScheduler.advance` says so, never by themselves.

    fake = FakeScheduler()
    fake.plan("build", Plan(queued=10, runs=60), Plan(runs=5, state="FAILED", exit_code=2))
    fake.advance(70)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from maestro_adapters.errors import SchedulerError
from maestro_adapters.interface import (
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
from maestro_adapters.job.prepared import Prepared
from maestro_adapters.job.request import parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import Submission, parse_submission
from maestro_adapters.script import render as rendering
from maestro_adapters.testing.fake_job import FakeJob
from maestro_adapters.testing.plan import Plan

__all__ = ["FakeScheduler", "Plan"]

SUFFIX = ".fake.sh"
_AWAY = "the scheduler does not answer"


class FakeScheduler:
    """An adapter whose jobs do what their `Plan` says.

    Where a job's workspace is a folder, its attempt file is made there as a driver would make it;
    a job whose attempt was started or declared void before runs nothing and ends with exit code 75.

    Attributes:
        name: of the adapter.
        time: s since 1970, as far as the scheduler is concerned.
        calls: what was asked, in order: ``("poll", ["1", "2"])``.
        reachable: False: an outage; every question remains without an answer, jobs go on.
        default: the plan of submissions that have none of their own.
    """

    def __init__(
        self,
        options: OptionsMap | None = None,
        *,
        name: str = "fake",
        scheduled: bool = True,
        slots: int | None = None,
        default: Plan | None = None,
    ) -> None:
        """Make a scheduler without jobs.

        Args:
            options: of the adapter.
            name: of the adapter.
            scheduled: as `describe` gives it.
            slots: likewise.
            default: the plan of submissions that have none of their own.
        """
        self.name = name
        self.time = 1_700_000_000.0
        self.calls: list[tuple[str, list[str]]] = []
        self.reachable = True
        self.default = default or Plan()
        self._options = AdapterOptions.from_mapping(options or {})
        self._scheduled = scheduled
        self._slots = slots
        self._plans: dict[str, list[Plan]] = {}
        self._jobs: dict[str, FakeJob] = {}

    # What a test does.

    def plan(self, key: str, *plans: Plan) -> None:
        """Plan the submissions of a key, in order; the last plan repeats itself."""
        self._plans[key] = list(plans)

    def advance(self, seconds: float) -> None:
        """Let time pass, one change after another, as they would come."""
        end = self.time + seconds
        while (moment := min(self._changes(), default=math.inf)) <= end:
            self.time = moment
            for job in self._jobs.values():
                job.move(moment)
        self.time = end

    def _changes(self) -> list[float]:
        moments = [job.next_change(self.time) for job in self._jobs.values()]
        return [moment for moment in moments if moment is not None]

    def finish(
        self, job_id: str, state: str = states.FINISHED, exit_code: int | None = None
    ) -> None:
        """End a job now."""
        job = self._jobs[job_id]
        job.start(self.time)
        job.finish(self.time, state, exit_code, None)

    def lose(self, job_id: str) -> None:
        """Forget a job, as a scheduler does with an old one, or one that it purged."""
        self._jobs[job_id].gone = True

    def job_of(self, key: str) -> str:
        """Return the id of the latest job of a key, whether its submitter knows it or not."""
        return [job.id for job in self._jobs.values() if job.key == key][-1]

    # The interface.

    def describe(self) -> Description:
        """Say what it can do."""
        return {
            "name": self.name,
            "suffix": SUFFIX,
            "scheduled": self._scheduled,
            "slots": self._slots,
            "commands": [],
        }

    def render(self, request: RequestMap) -> Rendered:
        """Render scripts with directives of a kind of its own."""
        job = parse_request(request, self._options)
        directives = [f"#FAKE --name={rendering.single_line(job.label)}"]

        def launch(nodes: int | None, procs: int | None) -> str:
            return f"fakerun --nodes={nodes or 1} --procs={procs or 1}"

        texts = rendering.render(job, SUFFIX, directives, launch)
        texts["prepared"] = Prepared.of(job, directives).as_map() if job.scheduled else None
        return texts

    def submit(self, jobs: Sequence[JobMap]) -> dict[str, SubmitAnswer]:
        """Accept, refuse or lose each, by its plan."""
        parsed = [parse_submission(job, self._prepare) for job in jobs]
        self.calls.append(("submit", [job.key for job in parsed]))
        return {job.key: self._submit(job) for job in parsed}

    def _prepare(self, request: RequestMap) -> Prepared:
        return Prepared.of(parse_request(request, self._options), [])

    def _submit(self, job: Submission) -> SubmitAnswer:
        if not self.reachable:
            return SchedulerError(_AWAY, transient=True).answer()
        plans = self._plans.get(job.key, [])
        plan = (plans.pop(0) if len(plans) > 1 else plans[0]) if plans else self.default
        if plan.refused is not None:
            return SchedulerError(plan.refused, transient=plan.transient).answer()
        lost = SchedulerError("no answer in time", transient=True, unknown=True).answer()
        if plan.lost and plan.arrives is None:
            return lost
        made = FakeJob(
            id=str(len(self._jobs) + 1),
            host=self.name,
            key=job.key,
            token=job.token,
            attempt=job.attempt,
            workspace=job.prepared.workspace,
            plan=plan,
            arrival=self.time + (plan.arrives or 0.0 if plan.lost else 0.0),
        )
        self._jobs[made.id] = made
        return lost if plan.lost else {"job": made.id, "state": states.PENDING}

    def poll(self, job_ids: Sequence[str]) -> dict[str, PollAnswer]:
        """Show the state of each job at this time."""
        self.calls.append(("poll", list(job_ids)))
        return {job_id: self._poll(job_id).answer() for job_id in job_ids}

    def _poll(self, job_id: str) -> JobStatus:
        if not self.reachable:
            return JobStatus(states.UNREACHABLE, reason=_AWAY)
        job = self._known(job_id)
        if job is None:
            return JobStatus(states.NOTFOUND)
        if job.polls:
            return JobStatus(job.polls.pop(0), native="SCRIPTED")
        return job.status()

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """End each job now, CANCELLED."""
        self.calls.append(("cancel", list(job_ids)))
        return {job_id: self._cancel(job_id) for job_id in job_ids}

    def _cancel(self, job_id: str) -> CancelAnswer:
        if not self.reachable:
            return SchedulerError(_AWAY, transient=True).cancel_answer()
        job = self._known(job_id)
        if job is None:
            return SchedulerError(f"there is no job {job_id}").cancel_answer()
        if job.end is None:
            code = None if job.started is None else 143
            job.finish(self.time, states.CANCELLED, code, "cancelled")
        return {"cancelled": True}

    def find(self, tokens: Sequence[str]) -> dict[str, FindAnswer]:
        """Find the job of each token that has arrived by now."""
        self.calls.append(("find", list(tokens)))
        if not self.reachable:
            return {token: {"error": _AWAY} for token in tokens}
        known = {job.token: job for job in self._jobs.values() if job.is_known(self.time)}
        return {
            token: _found(known[token]) if token in known else {"absent": True} for token in tokens
        }

    def _known(self, job_id: str) -> FakeJob | None:
        job = self._jobs.get(job_id)
        return job if job is not None and job.is_known(self.time) else None

    def wake_fd(self) -> int | None:
        """Return None: it is polled."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Leave the jobs alone, unless `stop_jobs`."""
        if stop_jobs:
            self.cancel(list(self._jobs))


def _found(job: FakeJob) -> FindAnswer:
    waits = job.status().state == states.PENDING
    return {"job": job.id, "state": states.PENDING if waits else states.RUNNING}
