"""The Flux adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from maestro_adapters.batch.adapter import Answers, ScheduledAdapter
from maestro_adapters.batch.token_search import Found
from maestro_adapters.flux import commands, directives, parse
from maestro_adapters.flux.directives import PREFIX
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import JobRequest
from maestro_adapters.job.submission import Job
from maestro_adapters.process.runner import Call, CommandRunner, Runner
from maestro_adapters.script import driver
from maestro_adapters.script.script_file import carried_script, directive_lines

#: Of the copies of a plain job, one for each task, the first alone is the attempt.
_FIRST_TASK = '[ "${FLUX_TASK_RANK:-0}" = 0 ] || exit 0'


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


class FluxAdapter(ScheduledAdapter):
    """Submits to Flux, asks it, cancels."""

    name: ClassVar[str] = "flux"
    suffix: ClassVar[str] = ".flux.sh"
    programs: ClassVar[tuple[str, ...]] = ("flux",)
    refusals = parse.REFUSALS

    def __init__(self, options: AdapterOptions, runner: Runner, **others: Any) -> None:
        super().__init__(options, runner, **others)
        self._has_queues: bool | None = None

    def read(self, request: Mapping[str, Any]) -> JobRequest:
        """A request; upstream's Flux adapter does not look at nodes and procs of the batch block."""
        job = super().read(request)
        return attrs.evolve(job, nodes=job.step_nodes, procs=job.step_procs)

    def directives(self, request: JobRequest) -> list[str]:
        """The `#flux:` lines."""
        return directives.directives(request, self._options.uri)

    def launch_words(self, request: JobRequest, nodes: int | None, procs: int | None) -> str:
        """Words of `flux run`."""
        return directives.launch_words(request, nodes, procs)

    def submit_all(self, jobs: Sequence[Job]) -> Answers:
        """One `flux batch` or `flux submit` for each."""
        if any(job.request.queue for job in jobs):
            self._ask_for_queues()
        return self.submit_each(
            jobs,
            lambda job: submission(job, self._options, queues=self._has_queues is not False),
            parse.submitted,
            lambda job: job.request.queue,
        )

    def _ask_for_queues(self) -> None:
        """A Flux without named queues refuses any name; such an instance is common inside jobs."""
        if self._has_queues is None:
            result = self._runner.run(commands.queues())
            if result.ok:
                self._has_queues = bool(parse.named_queues(result.stdout))

    def poll(self, job_ids: Sequence[str]) -> Answers:
        """Ask for all jobs in one command."""
        self._sightings.keep_only(job_ids)
        answers: Answers = {}
        for some in self.portions(job_ids):
            jobs = self._jobs(commands.jobs(some))
            shown = jobs if isinstance(jobs, str) else {job.job_id: job.status for job in jobs}
            answers.update(self.follow(some, shown))
        return answers

    def _jobs(self, call: Call) -> list[parse.QueuedJob] | str:
        """The jobs that Flux shows, or why it could not be asked."""
        result = self._runner.run(call)
        if not parse.answered(result):
            return result.describe()
        try:
            return parse.jobs(result.stdout)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return f"flux jobs printed what is no list of jobs ({error}): {result.describe()}"

    def cancel_some(self, job_ids: Sequence[str]) -> Answers:
        """One `flux cancel`."""
        result = self._runner.run(commands.cancel(job_ids))
        return self.cancelled(job_ids, result, lambda job_id: parse.cancelled(job_id, result))

    def queued(self) -> int | str:
        """The jobs that have not ended."""
        shown = self._jobs(commands.live_jobs())
        return shown if isinstance(shown, str) else len(shown)

    def look(self) -> list[Found] | str:
        """The names of the jobs that have not ended."""
        shown = self._jobs(commands.live_jobs())
        if isinstance(shown, str):
            return shown
        return [
            Found(job.name.split()[-1], job.job_id, job.status.state)
            for job in shown
            if job.name.split()
        ]


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
    words = [
        *directives.resource_words(request),
        f"--job-name={directives.job_name(request)} {job.token}",
    ]
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
