"""The Slurm adapter: asks, cancels, and submits what `submit.plan` gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import attrs

from maestro_adapters.batch.adapter import BatchAdapter, make_adapter
from maestro_adapters.batch.missing_jobs import unreachable
from maestro_adapters.batch.portions import portions
from maestro_adapters.batch.submit_pool import SubmitPool
from maestro_adapters.batch.token_search import Found
from maestro_adapters.interface import CancelAnswer, OptionsMap, RequestMap, SubmitAnswer
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.prepared import Prepared, leading_directives
from maestro_adapters.job.request import JobRequest, parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import Submission
from maestro_adapters.process.runner import CommandRunner, Result, Runner
from maestro_adapters.slurm import arrays, commands, directives, errors, parse, submit

__all__ = ["SlurmScheduler", "create"]

#: slurm.conf(5): the default of MaxArraySize.
_DEFAULT_ARRAY_SIZE = 1001


def create(options: OptionsMap) -> BatchAdapter:
    """Make the adapter for `batch: {type: slurm}`."""
    parsed = AdapterOptions.from_mapping(options)
    runner = CommandRunner(timeout=parsed.timeout, environment=commands.environment)
    return make_adapter(SlurmScheduler(parsed, runner), parsed)


@attrs.define
class SlurmScheduler:
    """Slurm, and what was learned of this one: its clusters, its accounting, its arrays.

    Attributes:
        options: of the adapter.
        runner: runs its commands.
    """

    name: ClassVar[str] = "slurm"
    suffix: ClassVar[str] = ".slurm.sh"
    programs: ClassVar[tuple[str, ...]] = ("sbatch", "squeue", "scancel")

    options: AdapterOptions
    runner: Runner
    _accounting: bool = attrs.field(default=True, init=False)
    _array_size: int | None = attrs.field(default=None, init=False)
    _clusters: set[str] = attrs.field(init=False)

    @_clusters.default
    def _own_clusters(self) -> set[str]:
        return {cluster} if (cluster := self._cluster()) else set()

    def _cluster(self) -> str | None:
        """Return the cluster that the study names."""
        own = self.options.allocation_args
        cluster = own.get("clusters") or own.get("cluster") or own.get("M")
        return str(cluster) if cluster else None

    def read(self, request: RequestMap) -> JobRequest:
        """Check a request and put the defaults in."""
        return parse_request(request, self.options)

    def directives(self, request: JobRequest) -> list[str]:
        """Write the `#SBATCH` lines."""
        return directives.directives(request)

    def launch_words(self, request: JobRequest, nodes: int | None, procs: int | None) -> str:
        """Write the words of `srun`."""
        return directives.launch_words(request, nodes, procs)

    def prepare(self, request: JobRequest, lines: Sequence[str]) -> Prepared:
        """Keep what submitting takes of a request."""
        return Prepared.of(
            request,
            leading_directives(lines, "#SBATCH"),
            excluded=directives.excluded_nodes(request),
        )

    def submit(self, jobs: Sequence[Submission]) -> dict[str, SubmitAnswer]:
        """Run one `sbatch` for each, or for each array."""
        pool = SubmitPool(self.runner, errors.PATTERNS, parse.submitted)
        answers = pool.submit(submit.plan(jobs, self.options, self._most_elements))
        ids = [answer["job"] for answer in answers.values() if "job" in answer]
        self._clusters.update(cluster for _, cluster in map(parse.split_id, ids) if cluster)
        return answers

    def _most_elements(self) -> int:
        """Return the site's limit on the elements of an array; asked for until it is known."""
        if self._array_size is None:
            result = self.runner.run(commands.show_config())
            self._array_size = parse.max_array_size(result.stdout) if result.ok else None
        return self._array_size or _DEFAULT_ARRAY_SIZE

    def show(self, job_ids: Sequence[str]) -> dict[str, JobStatus]:
        """Ask for all jobs: the queue first, then accounting for those that have left it."""
        shown: dict[str, JobStatus] = {}
        for cluster, ids in _by_cluster(job_ids).items():
            shown.update(self._show(ids, cluster))
        return shown

    def _show(self, ids: Mapping[str, str], cluster: str | None) -> dict[str, JobStatus]:
        """Return what Slurm knows of jobs of one cluster, by our ids."""
        queue = self._queue(cluster)
        if isinstance(queue, str):
            return dict.fromkeys(ids.values(), unreachable(queue))
        found = {job.job_id: job.status for job in queue}
        left = [short for short in ids if short not in found]
        for some in portions(left):
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
        """Return what accounting knows of jobs that are not in the queue, or what failed.

        What it takes for live is left out: it lags behind, and the queue does not know the job.
        """
        if not self._accounting:
            return {}
        result = self.runner.run(commands.sacct(job_ids, cluster))
        if errors.has_no_accounting(result):
            self._accounting = False
            return {}
        if not result.ok:
            return result
        known = parse.sacct(result.stdout)
        return {key: status for key, status in known.items() if status.state in states.FINAL}

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """Run one `scancel` for each cluster."""
        answers: dict[str, CancelAnswer] = {}
        for some in portions(job_ids):
            for cluster, ids in _by_cluster(some).items():
                answers.update(self._cancel(ids, cluster))
        return answers

    def _cancel(self, ids: Mapping[str, str], cluster: str | None) -> dict[str, CancelAnswer]:
        result = self.runner.run(commands.scancel(list(ids), cluster))
        complaints = parse.cancel_errors(result.stderr)
        # Where it complains of some jobs alone, it cancelled the others.
        others = result.ok or (bool(complaints) and not errors.PATTERNS.is_outage(result))
        accepted = {
            job_id
            for short, job_id in ids.items()
            if (others and short not in complaints) or errors.has_ended(complaints.get(short, ""))
        }
        return errors.PATTERNS.cancel_answers(ids.values(), result, accepted)

    def _queue(self, cluster: str | None) -> list[parse.QueuedJob] | str:
        """Return the user's jobs, those too that ended a moment ago, or why it could not be asked."""
        result = self.runner.run(commands.squeue(cluster))
        return list(parse.squeue(result.stdout)) if result.ok else result.describe()

    def queued(self) -> int | str:
        """Count the jobs that `squeue` shows and that have not ended, each element of an array."""
        shown = self._queue(self._cluster())
        if isinstance(shown, str):
            return shown
        return sum(job.status.state in states.LIVE for job in shown)

    def look(self) -> list[Found] | str:
        """Read the comments of the jobs in the queue."""
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
    """Return the token of a line of `squeue`: of the job, or of this element of an array."""
    words = job.comment.split()
    index = job.job_id.partition("_")[2]
    if not index or not words:
        return words[-1] if words else None
    tokens = arrays.unpack(words[-1])
    return tokens[int(index)] if int(index) < len(tokens) else None
