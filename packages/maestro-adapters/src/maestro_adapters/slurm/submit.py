"""Plans which jobs go to Slurm in which command: each alone, or equal ones as a job array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from maestro_adapters.interface import SubmitAnswer
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.submission import Submission
from maestro_adapters.process.runner import Call
from maestro_adapters.slurm import arrays, parse
from maestro_adapters.slurm.script_text import array_call, common, is_plain, single_call

__all__ = ["Command", "element_ids", "plan"]


@attrs.frozen
class Command:
    """Jobs that go to Slurm in one command: one, or those of an array.

    Attributes:
        jobs: element i of the array is the i-th.
        options: of the adapter.
    """

    jobs: tuple[Submission, ...]
    options: AdapterOptions

    @property
    def limits(self) -> tuple[str | None, ...]:
        """What a site's submit limits depend on, so far as the jobs say it."""
        first = self.jobs[0].prepared
        return (first.bank, first.qos, first.queue, first.reservation)

    def call(self) -> Call:
        """Write the command.

        Raises:
            OSError: a script that goes along cannot be read.
        """
        if len(self.jobs) > 1:
            return array_call(self.jobs, self.options)
        return single_call(self.jobs[0], self.options)

    def answers(self, answer: SubmitAnswer) -> dict[str, SubmitAnswer]:
        """Turn the answer of the command into one for each job, with the id of its element."""
        if "job" not in answer:
            return {job.key: {**answer} for job in self.jobs}
        ids = element_ids(answer["job"], len(self.jobs))
        return {
            job.key: {**answer, "job": element} for job, element in zip(self.jobs, ids, strict=True)
        }

    def parts(self) -> Sequence[Command]:
        """Cut an array into two halves; of a single job there are none."""
        if len(self.jobs) == 1:
            return ()
        middle = len(self.jobs) // 2
        return (
            Command(self.jobs[:middle], self.options),
            Command(self.jobs[middle:], self.options),
        )


def plan(
    jobs: Sequence[Submission], options: AdapterOptions, most_elements: Callable[[], int]
) -> list[Command]:
    """Group jobs into commands.

    Args:
        jobs: to be submitted.
        options: of the adapter; `array` asks for arrays.
        most_elements: tells how many elements an array of this site may have; asked only where
            there is more than one equal job.
    """
    commands: list[Command] = []
    equal: dict[object, list[Submission]] = {}
    for job in jobs:
        if options.array and _fits_an_array(job):
            equal.setdefault((common(job.prepared.directives), job.exclude_nodes), []).append(job)
        else:
            commands.append(Command((job,), options))
    for some in equal.values():
        most = most_elements() if len(some) > 1 else 1
        commands.extend(
            Command(tuple(some[index] for index in portion), options)
            for portion in arrays.portions([job.token for job in some], most)
        )
    return commands


def element_ids(job_id: str, count: int) -> list[str]:
    """List the ids of the elements of an array; of a single job, its own."""
    if count == 1:
        return [job_id]
    number, cluster = parse.split_id(job_id)
    tail = f";{cluster}" if cluster else ""
    return [f"{number}_{index}{tail}" for index in range(count)]


def _fits_an_array(job: Submission) -> bool:
    """Its script lies in its workspace, its logs are opened once, and its token can be packed."""
    return (
        not job.prepared.requeue
        and is_plain(job.prepared.workspace)
        and Path(job.script).parent == Path(job.prepared.workspace)
        and arrays.can_pack(job.token)
    )
