"""The LSF adapter."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from maestro_adapters import driver, finding, states
from maestro_adapters.errors import SchedulerError
from maestro_adapters.finding import Found
from maestro_adapters.jobs import Job, carried_script, directive_lines, parse_job
from maestro_adapters.lsf import commands, parse
from maestro_adapters.lsf.directives import SUFFIX, directives, launch_words
from maestro_adapters.obstacles import Obstacles
from maestro_adapters.options import AdapterOptions
from maestro_adapters.rendering import render, single_line
from maestro_adapters.request import parse_request
from maestro_adapters.runner import Call, CommandRunner, Result, Runner
from maestro_adapters.sightings import Sightings, unreachable
from maestro_adapters.states import JobStatus

#: `Y` in a job that LSF itself started again (Environment variables for job execution, LSF 10.1).
_REQUEUED = '[ "${LSB_RESTART:-N}" = Y ]'
#: bsub.jd.1: a job description has at most 4094 bytes.
_MOST_DESCRIPTION = 4094
#: Job ids in one command line.
_MOST_IDS = 500


def create(options: Mapping[str, Any]) -> LsfAdapter:
    """The adapter for `batch: {type: lsf}`."""
    parsed = AdapterOptions.from_mapping(options)
    runner = CommandRunner(timeout=parsed.timeout, environment=commands.environment)
    return LsfAdapter(parsed, runner)


class LsfAdapter:
    """Submits to LSF, asks it, cancels; see ``docs/adapters.md``."""

    name = "lsf"

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
        self._json = True

    def describe(self) -> dict[str, Any]:
        """What this adapter is and can do."""
        return {
            "name": self.name,
            "suffix": SUFFIX,
            "scheduled": True,
            "slots": None,
            "commands": ["bsub", "bjobs", "bkill"],
        }

    def render(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The texts of a job's scripts."""
        job = parse_request(request, self._options)
        lines = directives(job) if job.scheduled else []
        return render(job, SUFFIX, lines, lambda nodes, procs: launch_words(job, nodes, procs))

    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Submit all jobs, several at a time."""
        parsed = [parse_job(job, self._options) for job in jobs]
        obstacles = Obstacles()
        answers = self._runner.map(lambda job: self._submit(job, obstacles), parsed)
        for answer in answers:
            if "job" in answer:
                self._sightings.seen(answer["job"], JobStatus(answer["state"]))
        return {job.key: answer for job, answer in zip(parsed, answers, strict=True)}

    def _submit(self, job: Job, obstacles: Obstacles) -> dict[str, Any]:
        limits = (job.request.queue, job.request.bank)
        obstacle = obstacles.ahead(limits)
        if obstacle is not None:
            return obstacle.answer()
        try:
            call = submission(job, self._options)
        except OSError as error:
            return SchedulerError(f"cannot read {job.script}: {error}").answer()
        result = self._runner.run(call)
        job_id = parse.submitted(result.stdout)
        if result.ok and job_id is not None:
            return {"job": job_id, "state": states.PENDING}
        if parse.at_submit_limit(result):
            obstacles.met_limit(limits, result)
        elif parse.is_outage(result):
            obstacles.met_outage(result)
        elif result.ok:
            return _no_id(result).answer()
        return parse.error_of(result, changes=True).answer()

    def poll(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Ask for all jobs in one command."""
        self._sightings.keep_only(job_ids)
        shown = self._bjobs() if job_ids else {}
        if isinstance(shown, str):
            return {job_id: unreachable(shown).answer() for job_id in job_ids}
        return {
            job_id: (
                self._sightings.seen(job_id, shown[job_id].status)
                if job_id in shown
                else self._sightings.missed(job_id)
            ).answer()
            for job_id in job_ids
        }

    def _bjobs(self) -> dict[str, parse.QueuedJob] | str:
        """The jobs that LSF shows, by id, or why it could not be asked."""
        result = self._runner.run(commands.bjobs(json=self._json))
        if self._json and parse.has_no_json(result):
            self._json = False
            result = self._runner.run(commands.bjobs(json=False))
        if parse.shows_nothing(result):
            return {}
        if not result.ok:
            return result.describe()
        try:
            jobs = parse.bjobs(result.stdout, as_json=self._json)
        except (ValueError, KeyError, TypeError) as error:
            return f"bjobs printed what is no list of jobs ({error}): {result.describe()}"
        return {job.job_id: job for job in jobs}

    def cancel(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Cancel all; a job that has ended already counts as cancelled."""
        answers: dict[str, dict[str, Any]] = {}
        for start in range(0, len(job_ids), _MOST_IDS):
            some = job_ids[start : start + _MOST_IDS]
            result = self._runner.run(commands.bkill(some))
            for job_id in some:
                if parse.cancelled(job_id, result):
                    answers[job_id] = {"cancelled": True}
                else:
                    answers[job_id] = parse.error_of(result).answer()
        return answers

    def find(self, tokens: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Which submissions were received and are known to LSF."""
        return finding.find(tokens, self._look, self._pause)

    def _look(self) -> list[Found] | str:
        shown = self._bjobs()
        if isinstance(shown, str):
            return shown
        return [
            Found(job.description.split()[-1], job.job_id, job.status.state)
            for job in shown.values()
            if job.description.split()
        ]

    def wake_fd(self) -> int | None:
        """Nothing here notifies."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Nothing is held; jobs go on unless told otherwise."""
        if stop_jobs:
            self.cancel(self._sightings.live())


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


def _no_id(result: Result) -> SchedulerError:
    return SchedulerError(
        f"no job id in what bsub printed: {result.describe()}",
        command=result.argv,
        output=result.output,
        transient=True,
        unknown=True,
    )
