"""The Flux adapter: submits, asks, cancels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs

from maestro_adapters.batch.adapter import BatchAdapter, make_adapter
from maestro_adapters.batch.missing_jobs import unreachable
from maestro_adapters.batch.portions import portions
from maestro_adapters.batch.submit_pool import SingleCommand, SubmitPool
from maestro_adapters.batch.token_search import Found
from maestro_adapters.flux import commands, directives, errors, parse
from maestro_adapters.flux.directives import PREFIX
from maestro_adapters.interface import CancelAnswer, OptionsMap, RequestMap, SubmitAnswer
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.prepared import Prepared, leading_directives
from maestro_adapters.job.request import JobRequest, parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import Submission
from maestro_adapters.process.runner import Call, CommandRunner, Runner
from maestro_adapters.script import driver
from maestro_adapters.script.script_file import carried_script

__all__ = ["FluxScheduler", "create"]

#: Of the copies of a plain job, one for each task, the first alone is the attempt.
_FIRST_TASK = '[ "${FLUX_TASK_RANK:-0}" = 0 ] || exit 0'


def create(options: OptionsMap) -> BatchAdapter:
    """Make the adapter for `batch: {type: flux}`."""
    parsed = AdapterOptions.from_mapping(options)
    runner = CommandRunner(
        timeout=parsed.timeout,
        environment=lambda: commands.environment(parsed.uri),
        # Flux prints its ids with a letter that the C locale lacks.
        locale="C.UTF-8",
    )
    return make_adapter(FluxScheduler(parsed, runner), parsed)


@attrs.define
class FluxScheduler:
    """Flux, and whether this one has queues with names.

    Attributes:
        options: of the adapter.
        runner: runs its commands.
    """

    name: ClassVar[str] = "flux"
    suffix: ClassVar[str] = ".flux.sh"
    programs: ClassVar[tuple[str, ...]] = ("flux",)

    options: AdapterOptions
    runner: Runner
    _has_queues: bool | None = attrs.field(default=None, init=False)

    def read(self, request: RequestMap) -> JobRequest:
        """Check a request; upstream's Flux adapter does not look at nodes and procs of the batch block."""
        job = parse_request(request, self.options)
        return attrs.evolve(job, nodes=job.step_nodes, procs=job.step_procs)

    def directives(self, request: JobRequest) -> list[str]:
        """Write the `#flux:` lines."""
        return directives.directives(request, self.options.uri)

    def launch_words(self, request: JobRequest, nodes: int | None, procs: int | None) -> str:
        """Write the words of `flux run`."""
        return directives.launch_words(request, nodes, procs)

    def prepare(self, request: JobRequest, lines: Sequence[str]) -> Prepared:
        """Keep what submitting takes of a request."""
        return Prepared.of(
            request,
            leading_directives(lines, PREFIX),
            options=directives.resource_words(request),
        )

    def submit(self, jobs: Sequence[Submission]) -> dict[str, SubmitAnswer]:
        """Run one `flux batch` or `flux submit` for each."""
        if any(job.prepared.queue for job in jobs):
            self._ask_for_queues()
        pool = SubmitPool(self.runner, errors.PATTERNS, parse.submitted)
        return pool.submit(
            [SingleCommand(job, self._call, limits=job.prepared.queue) for job in jobs]
        )

    def _call(self, job: Submission) -> Call:
        return submission(job, self.options, queues=self._has_queues is not False)

    def _ask_for_queues(self) -> None:
        """Learn whether queues have names: a Flux without them, common inside jobs, refuses any name."""
        if self._has_queues is None:
            result = self.runner.run(commands.queues())
            if result.ok:
                self._has_queues = bool(parse.named_queues(result.stdout))

    def show(self, job_ids: Sequence[str]) -> dict[str, JobStatus]:
        """Ask for all jobs, by as few commands as there can be."""
        shown: dict[str, JobStatus] = {}
        for some in portions(job_ids):
            jobs = self._jobs(commands.jobs(some))
            if isinstance(jobs, str):
                shown.update(dict.fromkeys(some, unreachable(jobs)))
            else:
                shown.update({job.job_id: job.status for job in jobs})
        return shown

    def _jobs(self, call: Call) -> list[parse.QueuedJob] | str:
        """Return the jobs that Flux shows, or why it could not be asked."""
        result = self.runner.run(call)
        if not errors.is_answer(result):
            return result.describe()
        try:
            return parse.jobs(result.stdout)
        except (ValueError, KeyError) as error:
            return f"flux jobs printed what is no list of jobs ({error}): {result.describe()}"

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """Cancel all, by as few `flux cancel` as there can be."""
        answers: dict[str, CancelAnswer] = {}
        for some in portions(job_ids):
            result = self.runner.run(commands.cancel(some))
            accepted = errors.accepted(some, result)
            answers.update(errors.PATTERNS.cancel_answers(some, result, accepted))
        return answers

    def queued(self) -> int | str:
        """Count the jobs that have not ended."""
        shown = self._jobs(commands.live_jobs())
        return shown if isinstance(shown, str) else len(shown)

    def look(self) -> list[Found] | str:
        """Read the names of the jobs that have not ended."""
        shown = self._jobs(commands.live_jobs())
        if isinstance(shown, str):
            return shown
        return [
            Found(job.name.split()[-1], job.job_id, job.status.state)
            for job in shown
            if job.name.split()
        ]


def submission(job: Submission, options: AdapterOptions, *, queues: bool = True) -> Call:
    """Write the command that submits a job.

    The job's name carries the token as its last word: it is all that `flux jobs` shows of what a
    submission may choose freely.

    Args:
        job: to be submitted.
        options: of the adapter.
        queues: the instance has named queues; else the study's is left out.

    Raises:
        OSError: its script cannot be read.
    """
    prepared = job.prepared
    lines: Sequence[str] = prepared.directives
    if not queues:
        lines = [
            line for line in lines if not line.startswith((f"{PREFIX}-q ", f"{PREFIX}--queue"))
        ]
    name = directives.job_name(prepared.label)
    words = [*prepared.options, f"--job-name={name} {job.token}"]
    if job.exclude_nodes:
        words.append(f"--requires=-host:{','.join(job.exclude_nodes)}")
    text = driver.scheduled(
        lines if prepared.nested else [],
        driver.arguments(prepared.workspace, job.script, job.attempt, job_id="${FLUX_JOB_ID}"),
        {**options.environment, "MAESTRO_TOKEN": job.token},
        prologue=[] if prepared.nested else [_FIRST_TASK],
        script_text=carried_script(job),
    )
    if prepared.nested:
        return commands.batch(text, words, prepared.workspace)
    return commands.submit(text, lines, words, prepared.workspace)
