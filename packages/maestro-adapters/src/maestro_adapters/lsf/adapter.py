"""The LSF adapter: submits, asks, cancels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs

from maestro_adapters.batch.adapter import BatchAdapter, make_adapter
from maestro_adapters.batch.missing_jobs import unreachable
from maestro_adapters.batch.portions import portions
from maestro_adapters.batch.submit_pool import SingleCommand, SubmitPool
from maestro_adapters.batch.token_search import Found
from maestro_adapters.interface import CancelAnswer, OptionsMap, RequestMap, SubmitAnswer
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.prepared import Prepared, leading_directives
from maestro_adapters.job.request import JobRequest, parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import Submission
from maestro_adapters.lsf import commands, directives, errors, parse
from maestro_adapters.process.runner import Call, CommandRunner, Runner
from maestro_adapters.script import driver
from maestro_adapters.script.render import single_line
from maestro_adapters.script.script_file import carried_script

__all__ = ["LsfScheduler", "create"]

#: `Y` in a job that LSF itself started again (Environment variables for job execution, LSF 10.1).
_REQUEUED = '[ "${LSB_RESTART:-N}" = Y ]'
#: bsub.jd.1: a job description has at most 4094 bytes.
_MOST_DESCRIPTION = 4094
#: Job ids in one `bkill`.
_MOST_IDS = 500


def create(options: OptionsMap) -> BatchAdapter:
    """Make the adapter for `batch: {type: lsf}`."""
    parsed = AdapterOptions.from_mapping(options)
    runner = CommandRunner(timeout=parsed.timeout, environment=commands.environment)
    return make_adapter(LsfScheduler(parsed, runner), parsed)


@attrs.define
class LsfScheduler:
    """LSF, and whether this one can print JSON.

    Attributes:
        options: of the adapter.
        runner: runs its commands.
    """

    name: ClassVar[str] = "lsf"
    suffix: ClassVar[str] = ".lsf.sh"
    programs: ClassVar[tuple[str, ...]] = ("bsub", "bjobs", "bkill")

    options: AdapterOptions
    runner: Runner
    _json: bool = attrs.field(default=True, init=False)

    def read(self, request: RequestMap) -> JobRequest:
        """Check a request and put the defaults in."""
        return parse_request(request, self.options)

    def directives(self, request: JobRequest) -> list[str]:
        """Write the `#BSUB` lines."""
        return directives.directives(request)

    def launch_words(self, request: JobRequest, nodes: int | None, procs: int | None) -> str:
        """Write the words of `jsrun`."""
        return directives.launch_words(request, nodes, procs)

    def prepare(self, request: JobRequest, lines: Sequence[str]) -> Prepared:
        """Keep what submitting takes of a request."""
        return Prepared.of(request, leading_directives(lines, "#BSUB"))

    def submit(self, jobs: Sequence[Submission]) -> dict[str, SubmitAnswer]:
        """Run one `bsub` for each."""
        pool = SubmitPool(self.runner, errors.PATTERNS, parse.submitted)
        return pool.submit(
            [
                SingleCommand(job, self._call, limits=(job.prepared.queue, job.prepared.bank))
                for job in jobs
            ]
        )

    def _call(self, job: Submission) -> Call:
        return submission(job, self.options)

    def show(self, job_ids: Sequence[str]) -> dict[str, JobStatus]:
        """Ask for all jobs in one command."""
        shown = self._bjobs()
        if isinstance(shown, str):
            return dict.fromkeys(job_ids, unreachable(shown))
        return {job.job_id: job.status for job in shown}

    def _bjobs(self) -> list[parse.QueuedJob] | str:
        """Return the jobs that LSF shows, or why it could not be asked."""
        result = self.runner.run(commands.bjobs(json=self._json))
        if self._json and errors.has_no_json(result):
            self._json = False
            result = self.runner.run(commands.bjobs(json=False))
        if errors.shows_nothing(result):
            return []
        if not result.ok:
            return result.describe()
        try:
            return parse.bjobs(result.stdout, as_json=self._json)
        except (ValueError, KeyError) as error:
            return f"bjobs printed what is no list of jobs ({error}): {result.describe()}"

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """Cancel all, by as few `bkill` as there can be."""
        answers: dict[str, CancelAnswer] = {}
        for some in portions(job_ids, _MOST_IDS):
            result = self.runner.run(commands.bkill(some))
            accepted = {job_id for job_id in some if errors.accepts_cancel(job_id, result)}
            answers.update(errors.PATTERNS.cancel_answers(some, result, accepted))
        return answers

    def queued(self) -> int | str:
        """Count the jobs that LSF shows and that have not ended."""
        shown = self._bjobs()
        if isinstance(shown, str):
            return shown
        return sum(job.status.state in states.LIVE for job in shown)

    def look(self) -> list[Found] | str:
        """Read the descriptions of the jobs that LSF knows."""
        shown = self._bjobs()
        if isinstance(shown, str):
            return shown
        return [
            Found(job.description.split()[-1], job.job_id, job.status.state)
            for job in shown
            if job.description.split()
        ]


def submission(job: Submission, options: AdapterOptions) -> Call:
    """Write the command that submits a job.

    Raises:
        OSError: its script cannot be read.
    """
    prepared = job.prepared
    lines = list(prepared.directives)
    if job.exclude_nodes:
        # Several -R are taken together.
        wanted = " && ".join(f"hname!='{node}'" for node in job.exclude_nodes)
        lines.append(f'#BSUB -R "select[{wanted}]"')
    text = driver.scheduled(
        lines,
        driver.arguments(prepared.workspace, job.script, job.attempt, job_id="${LSB_JOBID}"),
        {**options.environment, "MAESTRO_TOKEN": job.token},
        requeued=_REQUEUED if prepared.requeue else "",
        script_text=carried_script(job),
    )
    room = _MOST_DESCRIPTION - len(job.token.encode()) - 1
    about = single_line(prepared.description).encode()[:room].decode(errors="ignore")
    return commands.bsub(
        text,
        workspace=prepared.workspace,
        description=f"{about} {job.token}".strip(),
        requeue=prepared.requeue,
    )
