"""Submits many jobs: several `sbatch` at a time, or equal ones as job arrays."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from maestro_adapters.batch.submit_breaker import Obstacles
from maestro_adapters.errors import SchedulerError
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.submission import Job
from maestro_adapters.process.runner import Call, Result, Runner
from maestro_adapters.script import driver
from maestro_adapters.script.render import single_line
from maestro_adapters.script.script_file import carried_script, directive_lines
from maestro_adapters.slurm import arrays, commands, parse
from maestro_adapters.slurm.directives import job_name
from maestro_adapters.slurm.errors import REFUSALS

#: A job that Slurm itself requeued has a restart count above 0 (sbatch(1), OUTPUT ENVIRONMENT).
_REQUEUED = '[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ]'
#: Directives in which the elements of one array may differ.
_OF_ELEMENTS = ("--job-name=", "--output=", "--error=", "--comment=")
#: slurm.conf(5): the default of MaxArraySize.
_DEFAULT_ARRAY_SIZE = 1001
#: Bytes of a comment; see `arrays`.
_MOST_COMMENT = 1024

Answers = dict[str, dict[str, Any]]


@attrs.frozen
class Batch:
    """Jobs that go to Slurm in one command: one, or those of an array.

    Attributes:
        jobs: element i of the array is the i-th.
        directives: of each job's script.
    """

    jobs: tuple[Job, ...]
    directives: tuple[tuple[str, ...], ...]

    @property
    def limits(self) -> tuple[str | None, ...]:
        """What a site's submit limits depend on, so far as the jobs say it."""
        request = self.jobs[0].request
        return (request.bank, request.qos, request.queue, request.reservation)

    def answer(self, answer: dict[str, Any]) -> Answers:
        """The same answer for each job."""
        return {job.key: dict(answer) for job in self.jobs}

    def halves(self) -> tuple[Batch, Batch]:
        """This array as two."""
        middle = len(self.jobs) // 2
        return (
            Batch(self.jobs[:middle], self.directives[:middle]),
            Batch(self.jobs[middle:], self.directives[middle:]),
        )


class Submitter:
    """Submits jobs for one adapter; `answer` makes its answer of what one command brought."""

    def __init__(
        self,
        runner: Runner,
        options: AdapterOptions,
        answer: Callable[[Result, str | None, Obstacles, Hashable], dict[str, Any]],
    ) -> None:
        self._runner = runner
        self._options = options
        self._answer = answer
        self._array_size: int | None = None

    def submit(self, jobs: Sequence[Job]) -> Answers:
        """Submit all; an answer for each key."""
        answers: Answers = {}
        readable = []
        for job in jobs:
            lines = _directives(job)
            if isinstance(lines, SchedulerError):
                answers[job.key] = lines.answer()
            else:
                readable.append((job, lines))
        obstacles = Obstacles()
        batches = list(self._batches(readable))
        for some in self._runner.map(lambda batch: self._submit(batch, obstacles), batches):
            answers.update(some)
        return answers

    def _batches(self, jobs: Sequence[tuple[Job, tuple[str, ...]]]) -> Iterator[Batch]:
        equal: dict[object, list[tuple[Job, tuple[str, ...]]]] = {}
        for job, lines in jobs:
            if self._options.array and _fits_an_array(job):
                equal.setdefault((_common(lines), job.exclude_nodes), []).append((job, lines))
            else:
                yield Batch((job,), (lines,))
        for some in equal.values():
            most = self._most_elements() if len(some) > 1 else 1
            for portion in arrays.portions([job.token for job, _ in some], most):
                elements = [some[index] for index in portion]
                yield Batch(
                    tuple(job for job, _ in elements), tuple(lines for _, lines in elements)
                )

    def _most_elements(self) -> int:
        if self._array_size is None:
            result = self._runner.run(commands.show_config())
            self._array_size = parse.max_array_size(result.stdout) if result.ok else None
        return self._array_size or _DEFAULT_ARRAY_SIZE

    def _submit(self, batch: Batch, obstacles: Obstacles) -> Answers:
        obstacle = obstacles.ahead(batch.limits)
        if obstacle is not None:
            return batch.answer(obstacle.answer())
        make_call = array_call if len(batch.jobs) > 1 else single_call
        try:
            call = make_call(batch, self._options)
        except OSError as error:
            return batch.answer(SchedulerError(f"cannot read a script: {error}").answer())
        result = self._runner.run(call)
        if len(batch.jobs) > 1 and REFUSALS.at_limit(result):
            # Slurm refuses an array as a whole; a part of it may still find room.
            first, second = batch.halves()
            return {**self._submit(first, obstacles), **self._submit(second, obstacles)}
        job_id = parse.submitted(result.stdout)
        answer = self._answer(result, job_id, obstacles, batch.limits)
        if "job" not in answer:
            return batch.answer(answer)
        ids = element_ids(answer["job"], len(batch.jobs))
        return {
            job.key: {**answer, "job": element}
            for job, element in zip(batch.jobs, ids, strict=True)
        }


def single_call(batch: Batch, options: AdapterOptions) -> Call:
    """The command for one job.

    Raises:
        OSError: its script cannot be read.
    """
    job = batch.jobs[0]
    request = job.request
    plain = _is_plain(request.workspace)
    text = driver.scheduled(
        batch.directives[0],
        driver.arguments(
            request.workspace,
            job.script,
            job.attempt,
            log="" if plain else request.label,
            log_id="${SLURM_JOB_ID}",
            job_id="${SLURM_JOB_ID}",
        ),
        {**options.environment, "MAESTRO_TOKEN": job.token},
        requeued=_REQUEUED if request.requeue else "",
        script_text=carried_script(job),
    )
    return commands.sbatch(
        text,
        workspace=request.workspace,
        comment=comment(request.description, job.token),
        requeue=request.requeue,
        exclude=excluded(job),
        options=() if plain else ("--output=/dev/null", "--error=/dev/null"),
    )


def array_call(batch: Batch, options: AdapterOptions) -> Call:
    """The command for several jobs as one array; element i is the i-th job.

    Slurm opens one pair of logs per element under names that it makes itself. The driver links them
    to the element's own names as its first act, so that what Slurm still writes (a cancellation,
    a time limit) ends up there too.
    """
    first = batch.jobs[0]
    workspace = first.request.workspace
    lines = _common(batch.directives[0])
    text = driver.scheduled(lines, _elements(batch.jobs), dict(options.environment))
    return commands.sbatch(
        text,
        workspace=workspace,
        comment=comment("", arrays.pack([job.token for job in batch.jobs])),
        exclude=excluded(first),
        options=[
            f"--array=0-{len(batch.jobs) - 1}",
            f"--job-name={job_name(first.request)}+{len(batch.jobs) - 1}",
            "--output=.array.%A_%a.out",
            "--error=.array.%A_%a.err",
        ],
    )


def _elements(jobs: Sequence[Job]) -> str:
    element = "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
    lines = ["case $SLURM_ARRAY_TASK_ID in\n"]
    for index, job in enumerate(jobs):
        request = job.request
        arguments = driver.arguments(
            request.workspace,
            job.script,
            job.attempt,
            log=request.label,
            log_id=element,
            job_id=element,
        )
        lines.append(f"{index}) MAESTRO_TOKEN={shlex.quote(job.token)}\n{arguments};;\n")
    lines.append("*) exit 73 ;;\nesac\nexport MAESTRO_TOKEN\n")
    lines.append(
        "for end in out err; do\n"
        f'  ln ".array.{element}.$end" "$1/$6.$7.$end" && rm -f ".array.{element}.$end"\n'
        "done 2>/dev/null\n"
    )
    return "".join(lines)


def element_ids(job_id: str, count: int) -> list[str]:
    """The ids of the elements of an array; of a single job, its own."""
    if count == 1:
        return [job_id]
    number, cluster = parse.split_id(job_id)
    tail = f";{cluster}" if cluster else ""
    return [f"{number}_{index}{tail}" for index in range(count)]


def comment(description: str, token: str) -> str:
    """A job's comment: what it is about, then the token."""
    room = _MOST_COMMENT - len(token.encode()) - 2
    text = single_line(description).encode()[: max(room, 0)].decode(errors="ignore")
    return f"{text} {token}".strip()


def excluded(job: Job) -> list[str]:
    """Nodes to keep away from: those of the job, and the request's, which the option replaces."""
    if not job.exclude_nodes:
        return []
    args = job.request.allocation_args
    own = [str(args[name]) for name in ("exclude", "x") if args.get(name)]
    return [*own, *job.exclude_nodes]


def _directives(job: Job) -> tuple[str, ...] | SchedulerError:
    try:
        return tuple(directive_lines(job.script, "#SBATCH"))
    except OSError as error:
        return SchedulerError(f"cannot read {job.script}: {error}")


def _fits_an_array(job: Job) -> bool:
    """Its script lies in its workspace, its logs are opened once, and its token can be packed."""
    return (
        not job.request.requeue
        and _is_plain(job.request.workspace)
        and Path(job.script).parent == Path(job.request.workspace)
        and arrays.can_pack(job.token)
    )


def _is_plain(workspace: str) -> bool:
    """Whether Slurm opens logs in this folder: it takes the whole path for a file name pattern.

    (sbatch(1), "filename pattern"; a backslash anywhere switches the replacements off.) Elsewhere
    the driver opens them.
    """
    return not set(workspace) & set("\\%")


def _common(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        line for line in lines if not line.removeprefix("#SBATCH").strip().startswith(_OF_ELEMENTS)
    )
