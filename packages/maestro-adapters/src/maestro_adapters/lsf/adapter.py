"""The LSF adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from maestro_adapters.batch.adapter import Answers, ScheduledAdapter
from maestro_adapters.batch.token_search import Found
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import JobRequest
from maestro_adapters.job.submission import Job
from maestro_adapters.lsf import commands, directives, parse
from maestro_adapters.process.runner import Call, CommandRunner, Runner
from maestro_adapters.script import driver
from maestro_adapters.script.render import single_line
from maestro_adapters.script.script_file import carried_script, directive_lines

#: `Y` in a job that LSF itself started again (Environment variables for job execution, LSF 10.1).
_REQUEUED = '[ "${LSB_RESTART:-N}" = Y ]'
#: bsub.jd.1: a job description has at most 4094 bytes.
_MOST_DESCRIPTION = 4094


def create(options: Mapping[str, Any]) -> LsfAdapter:
    """The adapter for `batch: {type: lsf}`."""
    parsed = AdapterOptions.from_mapping(options)
    runner = CommandRunner(timeout=parsed.timeout, environment=commands.environment)
    return LsfAdapter(parsed, runner)


class LsfAdapter(ScheduledAdapter):
    """Submits to LSF, asks it, cancels."""

    name: ClassVar[str] = "lsf"
    suffix: ClassVar[str] = ".lsf.sh"
    programs: ClassVar[tuple[str, ...]] = ("bsub", "bjobs", "bkill")
    refusals = parse.REFUSALS
    most_ids: ClassVar[int] = 500

    def __init__(self, options: AdapterOptions, runner: Runner, **others: Any) -> None:
        super().__init__(options, runner, **others)
        self._json = True

    def directives(self, request: JobRequest) -> list[str]:
        """The `#BSUB` lines."""
        return directives.directives(request)

    def launch_words(self, request: JobRequest, nodes: int | None, procs: int | None) -> str:
        """Words of `jsrun`."""
        return directives.launch_words(request, nodes, procs)

    def submit_all(self, jobs: Sequence[Job]) -> Answers:
        """One `bsub` for each."""
        return self.submit_each(
            jobs,
            lambda job: submission(job, self._options),
            parse.submitted,
            lambda job: (job.request.queue, job.request.bank),
        )

    def poll(self, job_ids: Sequence[str]) -> Answers:
        """Ask for all jobs in one command."""
        self._sightings.keep_only(job_ids)
        shown = self._bjobs() if job_ids else []
        if isinstance(shown, str):
            return self.follow(job_ids, shown)
        return self.follow(job_ids, {job.job_id: job.status for job in shown})

    def _bjobs(self) -> list[parse.QueuedJob] | str:
        """The jobs that LSF shows, or why it could not be asked."""
        result = self._runner.run(commands.bjobs(json=self._json))
        if self._json and parse.has_no_json(result):
            self._json = False
            result = self._runner.run(commands.bjobs(json=False))
        if parse.shows_nothing(result):
            return []
        if not result.ok:
            return result.describe()
        try:
            return parse.bjobs(result.stdout, as_json=self._json)
        except (ValueError, KeyError, TypeError) as error:
            return f"bjobs printed what is no list of jobs ({error}): {result.describe()}"

    def cancel_some(self, job_ids: Sequence[str]) -> Answers:
        """One `bkill`."""
        result = self._runner.run(commands.bkill(job_ids))
        return self.cancelled(job_ids, result, lambda job_id: parse.cancelled(job_id, result))

    def queued(self) -> int | str:
        """The jobs that LSF shows and that have not ended."""
        shown = self._bjobs()
        if isinstance(shown, str):
            return shown
        return sum(job.status.state in states.LIVE for job in shown)

    def look(self) -> list[Found] | str:
        """The descriptions of the jobs that LSF knows."""
        shown = self._bjobs()
        if isinstance(shown, str):
            return shown
        return [
            Found(job.description.split()[-1], job.job_id, job.status.state)
            for job in shown
            if job.description.split()
        ]


def submission(job: Job, options: AdapterOptions) -> Call:
    """The command that submits a job.

    Raises:
        OSError: its script cannot be read.
    """
    request = job.request
    lines = directive_lines(job.script, "#BSUB")
    if job.exclude_nodes:
        # Several -R are taken together.
        wanted = " && ".join(f"hname!='{node}'" for node in job.exclude_nodes)
        lines.append(f'#BSUB -R "select[{wanted}]"')
    text = driver.scheduled(
        lines,
        driver.arguments(request.workspace, job.script, job.attempt, job_id="${LSB_JOBID}"),
        {**options.environment, "MAESTRO_TOKEN": job.token},
        requeued=_REQUEUED if request.requeue else "",
        script_text=carried_script(job),
    )
    room = _MOST_DESCRIPTION - len(job.token.encode()) - 1
    about = single_line(request.description).encode()[:room].decode(errors="ignore")
    return commands.bsub(
        text,
        workspace=request.workspace,
        description=f"{about} {job.token}".strip(),
        requeue=request.requeue,
    )
