"""The Slurm adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from maestro_adapters.batch.adapter import Answers, ScheduledAdapter
from maestro_adapters.batch.missing_jobs import unreachable
from maestro_adapters.batch.token_search import Found
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import JobRequest
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import Job
from maestro_adapters.process.runner import CommandRunner, Result, Runner
from maestro_adapters.slurm import arrays, commands, directives, parse
from maestro_adapters.slurm import errors as refusals
from maestro_adapters.slurm.submit import Submitter


def create(options: Mapping[str, Any]) -> SlurmAdapter:
    """The adapter for `batch: {type: slurm}`."""
    parsed = AdapterOptions.from_mapping(options)
    runner = CommandRunner(timeout=parsed.timeout, environment=commands.environment)
    return SlurmAdapter(parsed, runner)


class SlurmAdapter(ScheduledAdapter):
    """Submits to Slurm, asks it, cancels."""

    name: ClassVar[str] = "slurm"
    suffix: ClassVar[str] = ".slurm.sh"
    programs: ClassVar[tuple[str, ...]] = ("sbatch", "squeue", "scancel")
    refusals = refusals.REFUSALS

    def __init__(self, options: AdapterOptions, runner: Runner, **others: Any) -> None:
        super().__init__(options, runner, **others)
        self._submitter = Submitter(runner, options, self.submitted)
        self._accounting = True
        own = options.allocation_args
        cluster = own.get("clusters") or own.get("cluster") or own.get("M")
        self._cluster = str(cluster) if cluster else None
        self._clusters = {self._cluster} if self._cluster else set()

    def directives(self, request: JobRequest) -> list[str]:
        """The `#SBATCH` lines."""
        return directives.directives(request)

    def launch_words(self, request: JobRequest, nodes: int | None, procs: int | None) -> str:
        """Words of `srun`."""
        return directives.launch_words(request, nodes, procs)

    def submit_all(self, jobs: Sequence[Job]) -> Answers:
        """One `sbatch` for each, or for each array."""
        answers = self._submitter.submit(jobs)
        ids = [answer["job"] for answer in answers.values() if "job" in answer]
        self._clusters.update(cluster for _, cluster in map(parse.split_id, ids) if cluster)
        return answers

    def poll(self, job_ids: Sequence[str]) -> Answers:
        """Ask for all jobs: the queue first, then accounting for those that have left it."""
        self._sightings.keep_only(job_ids)
        answers: Answers = {}
        for cluster, ids in _by_cluster(job_ids).items():
            shown = self._show(ids, cluster)
            answers.update(self.follow(ids.values(), shown))
        return {job_id: answers[job_id] for job_id in job_ids}

    def _show(self, ids: Mapping[str, str], cluster: str | None) -> dict[str, JobStatus] | str:
        """What Slurm knows of these jobs, by our ids, or why it could not be asked."""
        queue = self._queue(cluster)
        if isinstance(queue, str):
            return queue
        found = {job.job_id: job.status for job in queue}
        left = [short for short in ids if short not in found]
        for some in self.portions(left):
            accounted = self._accounts(some, cluster)
            if isinstance(accounted, Result):
                # The job left the queue, and what became of it cannot be asked now.
                reason = accounted.describe()
                found.update(dict.fromkeys(some, unreachable(reason)))
            else:
                found.update(accounted)
        return {ids[short]: status for short, status in found.items() if short in ids}

    def _accounts(
        self, job_ids: Sequence[str], cluster: str | None
    ) -> dict[str, JobStatus] | Result:
        """What accounting knows of jobs that are not in the queue, or what failed.

        What it takes for live is left out: it lags behind, and the queue does not know the job.
        """
        if not self._accounting:
            return {}
        result = self._runner.run(commands.sacct(job_ids, cluster))
        if refusals.has_no_accounting(result):
            self._accounting = False
            return {}
        if not result.ok:
            return result
        known = parse.sacct(result.stdout)
        return {key: status for key, status in known.items() if status.state in states.FINAL}

    def cancel_some(self, job_ids: Sequence[str]) -> Answers:
        """One `scancel` for each cluster."""
        answers: Answers = {}
        for cluster, ids in _by_cluster(job_ids).items():
            result = self._runner.run(commands.scancel(list(ids), cluster))
            errors = parse.cancel_errors(result.stderr)
            # Where it complains of some jobs alone, it cancelled the others.
            others = result.ok or (bool(errors) and not self.refusals.is_outage(result))
            accepted = {
                job_id
                for short, job_id in ids.items()
                if (others and short not in errors) or refusals.has_ended(errors.get(short, ""))
            }
            answers.update(self.cancelled(ids.values(), result, accepted.__contains__))
        return answers

    def _queue(self, cluster: str | None) -> list[parse.QueuedJob] | str:
        """The user's jobs, those too that ended a moment ago, or why it could not be asked."""
        result = self._runner.run(commands.squeue(cluster))
        return list(parse.squeue(result.stdout)) if result.ok else result.describe()

    def queued(self) -> int | str:
        """The jobs that `squeue` shows and that have not ended, each element of an array."""
        shown = self._queue(self._cluster)
        if isinstance(shown, str):
            return shown
        return sum(job.status.state in states.LIVE for job in shown)

    def look(self) -> list[Found] | str:
        """The comments of the jobs in the queue."""
        found = []
        for cluster in [None, *sorted(self._clusters)]:
            shown = self._queue(cluster)
            if isinstance(shown, str):
                return shown
            for job in shown:
                token = _token(job)
                if token is not None:
                    found.append(Found(token, _long(job.job_id, cluster), job.status.state))
        return found


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
