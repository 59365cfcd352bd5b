"""What `BatchAdapter` needs of one scheduler: how it says things, not when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from maestro_adapters.batch.token_search import Found
from maestro_adapters.interface import CancelAnswer, RequestMap, SubmitAnswer
from maestro_adapters.job.prepared import Prepared
from maestro_adapters.job.request import JobRequest
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import Submission
from maestro_adapters.process.runner import Runner

__all__ = ["Scheduler"]


class Scheduler(Protocol):
    """One batch scheduler: its directives, its commands, and what they print.

    No method raises for trouble with the scheduler.
    """

    @property
    def name(self) -> str:
        """As in the entry point."""

    @property
    def suffix(self) -> str:
        """Ending of its scripts, with the dot."""

    @property
    def programs(self) -> tuple[str, ...]:
        """What it needs on the PATH."""

    @property
    def runner(self) -> Runner:
        """Runs its commands."""

    def read(self, request: RequestMap) -> JobRequest:
        """Check a request and put the defaults in.

        Raises:
            RequestError: a value cannot be used.
        """

    def directives(self, request: JobRequest) -> list[str]:
        """Write the lines below a script's interpreter.

        Raises:
            RequestError: a value cannot be used.
        """

    def launch_words(self, request: JobRequest, nodes: int | None, procs: int | None) -> str:
        """Write the words of one `$(LAUNCHER)`."""

    def prepare(self, request: JobRequest, directives: Sequence[str]) -> Prepared:
        """Keep what submitting takes of a request and of the directives of its scripts.

        Raises:
            RequestError: a value cannot be used.
        """

    def submit(self, jobs: Sequence[Submission]) -> dict[str, SubmitAnswer]:
        """Submit all; an answer for each key."""

    def show(self, job_ids: Sequence[str]) -> Mapping[str, JobStatus]:
        """Ask for all jobs of a round.

        Returns:
            By id what the scheduler shows; `unreachable` for a job that it could not be asked
            about. A job that it answered without is left out.
        """

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """Cancel all; a job that has ended already counts as cancelled."""

    def queued(self) -> int | str:
        """Count the user's jobs that wait or run, whoever submitted them, or say why nobody can."""

    def look(self) -> Iterable[Found] | str:
        """List the jobs in the queue that carry tokens, or say why it could not be asked."""
