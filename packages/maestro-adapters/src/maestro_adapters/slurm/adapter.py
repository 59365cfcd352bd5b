"""The Slurm adapter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from maestro_adapters import finding, states
from maestro_adapters.finding import Found
from maestro_adapters.jobs import parse_job
from maestro_adapters.options import AdapterOptions
from maestro_adapters.rendering import render
from maestro_adapters.request import parse_request
from maestro_adapters.runner import CommandRunner, Result, Runner
from maestro_adapters.sightings import Sightings, unreachable
from maestro_adapters.slurm import arrays, commands, parse, refusals
from maestro_adapters.slurm.directives import SUFFIX, directives, launch_words
from maestro_adapters.slurm.submission import Submitter
from maestro_adapters.states import JobStatus

#: Job ids in one command line; more are cut into several.
_MOST_IDS = 2000


def create(options: Mapping[str, Any]) -> SlurmAdapter:
    """The adapter for `batch: {type: slurm}`."""
    parsed = AdapterOptions.from_mapping(options)
    runner = CommandRunner(timeout=parsed.timeout, environment=commands.environment)
    return SlurmAdapter(parsed, runner)


class SlurmAdapter:
    """Submits to Slurm, asks it, cancels; see ``docs/adapters.md``."""

    name = "slurm"

    def __init__(
        self,
        options: AdapterOptions,
        runner: Runner,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._options = options
        self._runner = runner
        self._pause = pause
        self._submitter = Submitter(runner, options)
        self._sightings = Sightings()
        self._accounting = True
        own = options.allocation_args
        cluster = own.get("clusters") or own.get("cluster") or own.get("M")
        self._clusters = {str(cluster)} if cluster else set()

    def describe(self) -> dict[str, Any]:
        """What this adapter is and can do."""
        return {
            "name": self.name,
            "suffix": SUFFIX,
            "scheduled": True,
            "slots": None,
            "commands": ["sbatch", "squeue", "scancel"],
        }

    def render(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The texts of a job's scripts."""
        job = parse_request(request, self._options)
        lines = directives(job) if job.scheduled else []
        return render(job, SUFFIX, lines, lambda nodes, procs: launch_words(job, nodes, procs))

    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Submit all jobs."""
        answers = self._submitter.submit([parse_job(job, self._options) for job in jobs])
        for answer in answers.values():
            if "job" in answer:
                self._sightings.seen(answer["job"], JobStatus(answer["state"]))
                self._clusters.update(filter(None, [parse.split_id(answer["job"])[1]]))
        return answers

    def poll(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Ask for all jobs: the queue first, then accounting for those that have left it."""
        self._sightings.keep_only(job_ids)
        answers: dict[str, JobStatus] = {}
        for cluster, ids in _by_cluster(job_ids).items():
            queue = self._runner.run(commands.squeue(cluster))
            if not queue.ok:
                answers.update(dict.fromkeys(ids.values(), unreachable(queue.describe())))
                continue
            queued = {job.job_id: job.status for job in parse.squeue(queue.stdout)}
            left = {short: job_id for short, job_id in ids.items() if short not in queued}
            accounted, trouble = self._accounts(list(left), cluster)
            for short, job_id in ids.items():
                status = queued.get(short) or accounted.get(short)
                if status is not None:
                    answers[job_id] = self._sightings.seen(job_id, status)
                elif trouble is not None:
                    answers[job_id] = unreachable(trouble.describe())
                else:
                    answers[job_id] = self._sightings.missed(job_id)
        return {job_id: status.answer() for job_id, status in answers.items()}

    def _accounts(
        self, job_ids: list[str], cluster: str | None
    ) -> tuple[dict[str, JobStatus], Result | None]:
        """What accounting knows of jobs that are not in the queue, or why it could not be asked.

        What it takes for live is left out: it lags behind, and the queue does not know the job.
        """
        found: dict[str, JobStatus] = {}
        for start in range(0, len(job_ids), _MOST_IDS):
            if not self._accounting:
                break
            result = self._runner.run(commands.sacct(job_ids[start : start + _MOST_IDS], cluster))
            if refusals.has_no_accounting(result):
                self._accounting = False
            elif not result.ok:
                return found, result
            found.update(parse.sacct(result.stdout))
        return {key: value for key, value in found.items() if value.state in states.FINAL}, None

    def cancel(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Cancel all; a job that has ended already counts as cancelled."""
        answers: dict[str, dict[str, Any]] = {}
        for cluster, ids in _by_cluster(job_ids).items():
            shorts = list(ids)
            for start in range(0, len(shorts), _MOST_IDS):
                some = shorts[start : start + _MOST_IDS]
                result = self._runner.run(commands.scancel(some, cluster))
                for short in some:
                    answers[ids[short]] = _cancelled(short, result)
        return answers

    def find(self, tokens: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Which submissions were received and are in the queue."""
        return finding.find(tokens, self._look, self._pause)

    def _look(self) -> list[Found] | str:
        found = []
        for cluster in [None, *sorted(self._clusters)]:
            result = self._runner.run(commands.squeue(cluster))
            if not result.ok:
                return result.describe()
            for job in parse.squeue(result.stdout):
                token = _token(job)
                if token is not None:
                    found.append(Found(token, _long(job.job_id, cluster), job.status.state))
        return found

    def wake_fd(self) -> int | None:
        """Nothing here notifies."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Nothing is held; jobs go on unless told otherwise."""
        if stop_jobs:
            self.cancel(self._sightings.live())


def _by_cluster(job_ids: Iterable[str]) -> dict[str | None, dict[str, str]]:
    """Cluster → the ids as Slurm writes them there → our ids."""
    clusters: dict[str | None, dict[str, str]] = {}
    for job_id in job_ids:
        short, cluster = parse.split_id(job_id)
        clusters.setdefault(cluster, {})[short] = job_id
    return clusters


def _long(short: str, cluster: str | None) -> str:
    return f"{short};{cluster}" if cluster else short


def _token(job: parse.QueuedJob) -> str | None:
    """The token of a line of `squeue`: of the job, or of this element of an array."""
    words = job.comment.split()
    index = job.job_id.partition("_")[2]
    if not index or not words:
        return words[-1] if words else None
    tokens = arrays.unpack(words[-1])
    return tokens[int(index)] if int(index) < len(tokens) else None


def _cancelled(short: str, result: Result) -> dict[str, Any]:
    if result.ok:
        return {"cancelled": True}
    errors = parse.cancel_errors(result.stderr)
    if refusals.has_ended(errors.get(short, "")):
        return {"cancelled": True}
    if errors and short not in errors and not refusals.is_outage(result):
        return {"cancelled": True}
    return refusals.error_of(result).answer()
