"""What the adapters of command line schedulers have in common.

A subclass says how a request becomes directives, which commands are run, and what their answers
mean. Here is what does not depend on that: the round trips, what was last seen of each job, and
when a submission is not worth trying.
"""

from __future__ import annotations

import abc
import shutil
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from maestro_adapters.batch import token_search
from maestro_adapters.batch.command_errors import Refusals, no_job_id
from maestro_adapters.batch.missing_jobs import Sightings, unreachable
from maestro_adapters.batch.submit_breaker import Obstacles
from maestro_adapters.batch.token_search import Found
from maestro_adapters.errors import SchedulerError
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import JobRequest, parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import Job, parse_job
from maestro_adapters.process.runner import Call, CommandRunner, Result, Runner
from maestro_adapters.script import render as rendering

__all__ = ["ScheduledAdapter"]

Answers = dict[str, dict[str, Any]]


class ScheduledAdapter(abc.ABC):
    """An adapter whose jobs outlive this machine's processes; see ``docs/adapters.md``.

    Attributes:
        name: as in the entry point.
        suffix: ending of its scripts.
        programs: what it needs on the PATH.
        refusals: what its failures mean.
        most_ids: job ids in one command line.
    """

    name: ClassVar[str]
    suffix: ClassVar[str]
    programs: ClassVar[tuple[str, ...]]
    refusals: ClassVar[Refusals]
    most_ids: ClassVar[int] = 2000

    def __init__(
        self,
        options: AdapterOptions,
        runner: Runner,
        *,
        pause: Callable[[float], None] = time.sleep,
        sightings: Sightings | None = None,
    ) -> None:
        self._options = options
        self._runner = runner
        self._pause = pause
        self._sightings = sightings or Sightings()

    @abc.abstractmethod
    def directives(self, request: JobRequest) -> list[str]:
        """The lines below a script's interpreter."""

    @abc.abstractmethod
    def launch_words(self, request: JobRequest, nodes: int | None, procs: int | None) -> str:
        """One `$(LAUNCHER)`."""

    @abc.abstractmethod
    def submit_all(self, jobs: Sequence[Job]) -> Answers:
        """An answer for each job's key."""

    @abc.abstractmethod
    def poll(self, job_ids: Sequence[str]) -> Answers:
        """Ask for all jobs of a round."""

    @abc.abstractmethod
    def cancel_some(self, job_ids: Sequence[str]) -> Answers:
        """Cancel as many jobs as fit into one command line."""

    @abc.abstractmethod
    def queued(self) -> int | str:
        """How many of the user's jobs wait or run, whoever submitted them, or why nobody can say."""

    @abc.abstractmethod
    def look(self) -> Iterable[Found] | str:
        """The jobs in the queue that carry tokens, or why it could not be asked."""

    def describe(self) -> dict[str, Any]:
        """What this adapter is and can do."""
        return {
            "name": self.name,
            "suffix": self.suffix,
            "scheduled": True,
            "slots": None,
            "commands": list(self.programs),
        }

    def reach(self) -> str | None:
        """Why the scheduler cannot be asked, or has no program to submit with; None: all is well."""
        if isinstance(self._runner, CommandRunner):
            path = self._runner.environment().get("PATH")
            for program in self.programs:
                if shutil.which(program, path=path) is None:
                    return f"{program} is not on the PATH"
        answer = self.queued()
        return answer if isinstance(answer, str) else None

    def render(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The texts of a job's scripts."""
        job = self.read(request)
        lines = self.directives(job) if job.scheduled else []
        return rendering.render(
            job, self.suffix, lines, lambda nodes, procs: self.launch_words(job, nodes, procs)
        )

    def read(self, request: Mapping[str, Any]) -> JobRequest:
        """A request with this adapter's defaults."""
        return parse_request(request, self._options)

    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> Answers:
        """Submit all jobs, as far as the user's own limit allows."""
        parsed = [parse_job(job, self._options) for job in jobs]
        room, obstacle = self._room(len(parsed))
        answers = self.submit_all(parsed[:room])
        for answer in answers.values():
            if "job" in answer:
                self._sightings.seen(answer["job"], JobStatus(answer["state"]))
        for job in parsed[room:]:
            answers[job.key] = SchedulerError(obstacle, transient=True).answer()
        return answers

    def _room(self, wanted: int) -> tuple[int, str]:
        """How many jobs may be submitted, and what holds the others back."""
        most = self._options.user_throttle
        if most is None or not wanted:
            return wanted, ""
        taken = self.queued()
        if isinstance(taken, str):
            return 0, f"not submitted, as the user's jobs could not be counted: {taken}"
        room = max(0, min(wanted, most - taken))
        return room, (
            f"no more jobs for now: user_throttle is {most}, and {taken + room} jobs of the user are"
            " in the queue"
        )

    def submit_each(
        self,
        jobs: Sequence[Job],
        call: Callable[[Job], Call],
        job_id: Callable[[str], str | None],
        limits: Callable[[Job], Hashable],
    ) -> Answers:
        """Submit each job by a command of its own, several at a time.

        Args:
            jobs: to be submitted.
            call: the command; it may raise OSError where the script cannot be read.
            job_id: finds the id in what the command prints.
            limits: what a site's limits on submissions depend on.
        """
        obstacles = Obstacles()

        def submit(job: Job) -> dict[str, Any]:
            obstacle = obstacles.ahead(limits(job))
            if obstacle is not None:
                return obstacle.answer()
            try:
                result = self._runner.run(call(job))
            except OSError as error:
                return SchedulerError(f"cannot read {job.script}: {error}").answer()
            return self.submitted(result, job_id(result.stdout), obstacles, limits(job))

        answers = self._runner.map(submit, jobs)
        return {job.key: answer for job, answer in zip(jobs, answers, strict=True)}

    def submitted(
        self, result: Result, job_id: str | None, obstacles: Obstacles, limits: Hashable
    ) -> dict[str, Any]:
        """The answer for one submission; what it met is told to those that are still to come."""
        if result.ok:
            if job_id is None:
                return no_job_id(result).answer()
            return {"job": job_id, "state": states.PENDING}
        if self.refusals.at_limit(result):
            obstacles.met_limit(limits, result)
        elif self.refusals.is_outage(result):
            obstacles.met_outage(result)
        return self.refusals.error_of(result, changes=True).answer()

    def follow(self, job_ids: Iterable[str], shown: Mapping[str, JobStatus] | str) -> Answers:
        """The answers of `poll` where the scheduler showed this, or why it could not be asked.

        A job that it could not be asked about may be shown as `unreachable`.
        """
        answers = {}
        for job_id in job_ids:
            if isinstance(shown, str):
                status = unreachable(shown)
            elif job_id not in shown:
                status = self._sightings.missed(job_id)
            elif shown[job_id].state == states.UNREACHABLE:
                status = shown[job_id]
            else:
                status = self._sightings.seen(job_id, shown[job_id])
            answers[job_id] = status.answer()
        return answers

    def cancel(self, job_ids: Sequence[str]) -> Answers:
        """Cancel all; a job that has ended already counts as cancelled."""
        answers: Answers = {}
        for some in self.portions(job_ids):
            answers.update(self.cancel_some(some))
        return answers

    def cancelled(
        self, job_ids: Iterable[str], result: Result, accepted: Callable[[str], bool]
    ) -> Answers:
        """The answers of `cancel`: `accepted` tells of each id whether its end was ordered, or past."""
        error = self.refusals.error_of(result).answer()
        return {
            job_id: {"cancelled": True} if accepted(job_id) else dict(error) for job_id in job_ids
        }

    def portions(self, job_ids: Sequence[str]) -> Iterator[Sequence[str]]:
        """The ids by command line."""
        for start in range(0, len(job_ids), self.most_ids):
            yield job_ids[start : start + self.most_ids]

    def find(self, tokens: Sequence[str]) -> Answers:
        """Which submissions were received and are in the queue."""
        return token_search.find(tokens, self.look, self._pause)

    def wake_fd(self) -> int | None:
        """Nothing here notifies."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Nothing is held; jobs go on unless told otherwise."""
        if stop_jobs:
            self.cancel(self._sightings.live())
