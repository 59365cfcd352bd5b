"""The Flux adapter."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from maestro_adapters import driver, finding, states
from maestro_adapters.errors import SchedulerError
from maestro_adapters.finding import Found
from maestro_adapters.flux import commands, parse
from maestro_adapters.flux.directives import (
    PREFIX,
    SUFFIX,
    directives,
    job_name,
    launch_words,
    resource_words,
)
from maestro_adapters.jobs import Job, carried_script, directive_lines, parse_job
from maestro_adapters.obstacles import Obstacles
from maestro_adapters.options import AdapterOptions
from maestro_adapters.rendering import render
from maestro_adapters.request import parse_request
from maestro_adapters.runner import Call, CommandRunner, Result, Runner
from maestro_adapters.sightings import Sightings, unreachable
from maestro_adapters.states import JobStatus

#: Of the copies of a plain job, one for each task, the first alone is the attempt.
_FIRST_TASK = '[ "${FLUX_TASK_RANK:-0}" = 0 ] || exit 0'
#: Job ids in one command line.
_MOST_IDS = 2000


def create(options: Mapping[str, Any]) -> FluxAdapter:
    """The adapter for `batch: {type: flux}`."""
    parsed = AdapterOptions.from_mapping(options)
    runner = CommandRunner(
        timeout=parsed.timeout,
        environment=lambda: commands.environment(parsed.uri),
        # Flux prints its ids with a letter that the C locale lacks.
        locale="C.UTF-8",
    )
    return FluxAdapter(parsed, runner)


class FluxAdapter:
    """Submits to Flux, asks it, cancels; see ``docs/adapters.md``."""

    name = "flux"

    def __init__(
        self,
        options: AdapterOptions,
        runner: Runner,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._options = options
        self._runner = runner
        self._pause = pause
        self._sightings = Sightings()
        self._has_queues: bool | None = None

    def describe(self) -> dict[str, Any]:
        """What this adapter is and can do."""
        return {
            "name": self.name,
            "suffix": SUFFIX,
            "scheduled": True,
            "slots": None,
            "commands": ["flux"],
        }

    def render(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The texts of a job's scripts."""
        job = parse_request(request, self._options)
        # Upstream's Flux adapter does not look at the nodes and procs of the batch block.
        job = attrs.evolve(job, nodes=job.step_nodes, procs=job.step_procs)
        lines = directives(job, self._options.uri) if job.scheduled else []
        return render(job, SUFFIX, lines, lambda nodes, procs: launch_words(job, nodes, procs))

    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Submit all jobs, several at a time."""
        parsed = [parse_job(job, self._options) for job in jobs]
        obstacles = Obstacles()
        if any(job.request.queue for job in parsed):
            self._ask_for_queues()
        answers = self._runner.map(lambda job: self._submit(job, obstacles), parsed)
        for answer in answers:
            if "job" in answer:
                self._sightings.seen(answer["job"], JobStatus(answer["state"]))
        return {job.key: answer for job, answer in zip(parsed, answers, strict=True)}

    def _ask_for_queues(self) -> None:
        """A Flux without named queues refuses any name; such an instance is common inside jobs."""
        if self._has_queues is None:
            result = self._runner.run(commands.queues())
            if result.ok:
                self._has_queues = bool(parse.named_queues(result.stdout))

    def _submit(self, job: Job, obstacles: Obstacles) -> dict[str, Any]:
        obstacle = obstacles.ahead(job.request.queue)
        if obstacle is not None:
            return obstacle.answer()
        try:
            call = submission(job, self._options, queues=self._has_queues is not False)
        except OSError as error:
            return SchedulerError(f"cannot read {job.script}: {error}").answer()
        result = self._runner.run(call)
        job_id = parse.submitted(result.stdout)
        if result.ok and job_id is not None:
            return {"job": job_id, "state": states.PENDING}
        if parse.at_submit_limit(result):
            obstacles.met_limit(job.request.queue, result)
        elif parse.is_outage(result):
            obstacles.met_outage(result)
        elif result.ok:
            return _no_id(result).answer()
        return parse.error_of(result, changes=True).answer()

    def poll(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Ask for all jobs in one command."""
        self._sightings.keep_only(job_ids)
        answers: dict[str, JobStatus] = {}
        for start in range(0, len(job_ids), _MOST_IDS):
            some = job_ids[start : start + _MOST_IDS]
            shown = self._jobs(commands.jobs(some))
            for job_id in some:
                if isinstance(shown, str):
                    answers[job_id] = unreachable(shown)
                elif job_id in shown:
                    answers[job_id] = self._sightings.seen(job_id, shown[job_id].status)
                else:
                    answers[job_id] = self._sightings.missed(job_id)
        return {job_id: status.answer() for job_id, status in answers.items()}

    def _jobs(self, call: Call) -> dict[str, parse.QueuedJob] | str:
        """The jobs that Flux shows, by id, or why it could not be asked."""
        result = self._runner.run(call)
        if not parse.answered(result):
            return result.describe()
        try:
            jobs = parse.jobs(result.stdout)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return f"flux jobs printed what is no list of jobs ({error}): {result.describe()}"
        return {job.job_id: job for job in jobs}

    def cancel(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Cancel all; a job that has ended already counts as cancelled."""
        answers: dict[str, dict[str, Any]] = {}
        for start in range(0, len(job_ids), _MOST_IDS):
            some = job_ids[start : start + _MOST_IDS]
            result = self._runner.run(commands.cancel(some))
            for job_id in some:
                if parse.cancelled(job_id, result):
                    answers[job_id] = {"cancelled": True}
                else:
                    answers[job_id] = parse.error_of(result).answer()
        return answers

    def find(self, tokens: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Which submissions were received and have not ended."""
        return finding.find(tokens, self._look, self._pause)

    def _look(self) -> list[Found] | str:
        shown = self._jobs(commands.live_jobs())
        if isinstance(shown, str):
            return shown
        return [
            Found(job.name.split()[-1], job.job_id, job.status.state)
            for job in shown.values()
            if job.name.split()
        ]

    def wake_fd(self) -> int | None:
        """Nothing here notifies."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Nothing is held; jobs go on unless told otherwise."""
        if stop_jobs:
            self.cancel(self._sightings.live())


def submission(job: Job, options: AdapterOptions, *, queues: bool = True) -> Call:
    """The command that submits a job.

    The job's name carries the token as its last word: it is all that `flux jobs` shows of what a
    submission may choose freely.

    Args:
        job: to be submitted.
        options: of the adapter.
        queues: the instance has named queues; else the study's is left out.

    Raises:
        OSError: its script cannot be read.
    """
    request = job.request
    lines = directive_lines(job.script, PREFIX)
    if not queues:
        lines = [
            line for line in lines if not line.startswith((f"{PREFIX}-q ", f"{PREFIX}--queue"))
        ]
    words = [*resource_words(request), f"--job-name={job_name(request)} {job.token}"]
    if job.exclude_nodes:
        words.append(f"--requires=-host:{','.join(job.exclude_nodes)}")
    nested = request.nested is not False
    text = driver.scheduled(
        lines if nested else [],
        driver.arguments(request.workspace, job.script, job.attempt, job_id="${FLUX_JOB_ID}"),
        {**options.environment, "MAESTRO_TOKEN": job.token},
        prologue=[] if nested else [_FIRST_TASK],
        script_text=carried_script(job),
    )
    if nested:
        return commands.batch(text, words, request.workspace)
    return commands.submit(text, lines, words, request.workspace)


def _no_id(result: Result) -> SchedulerError:
    return SchedulerError(
        f"no job id in what flux printed: {result.describe()}",
        command=result.argv,
        output=result.output,
        transient=True,
        unknown=True,
    )
