"""The adapter of any batch scheduler: the interface, over a `Scheduler` and four parts.

A scheduler says how a request becomes directives, which commands are run, and what their answers
mean. The parts are the same for all: `UserLimit`, `MissingJobTracker`, `TokenSearch`, and the
`SubmitPool` that a scheduler submits with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from maestro_adapters.batch.missing_jobs import MissingJobTracker
from maestro_adapters.batch.scheduler import Scheduler
from maestro_adapters.batch.token_search import TokenSearch
from maestro_adapters.batch.user_limit import UserLimit
from maestro_adapters.errors import SchedulerError
from maestro_adapters.interface import (
    CancelAnswer,
    Description,
    FindAnswer,
    JobMap,
    PollAnswer,
    Rendered,
    RequestMap,
    SubmitAnswer,
)
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.prepared import Prepared
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import parse_submission
from maestro_adapters.script import render as rendering

__all__ = ["BatchAdapter", "make_adapter"]


class BatchAdapter:
    """An adapter whose jobs outlive this machine's processes; see ``docs/adapters.md``.

    Attributes:
        name: of the scheduler, as in the entry point.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        *,
        limit: UserLimit,
        tracker: MissingJobTracker,
        search: TokenSearch,
    ) -> None:
        """Put an adapter together.

        Args:
            scheduler: what differs between schedulers.
            limit: how many jobs the user wants in the queue.
            tracker: what was last seen of each job.
            search: finds submissions by their tokens.
        """
        self.name = scheduler.name
        self._scheduler = scheduler
        self._limit = limit
        self._tracker = tracker
        self._search = search

    def describe(self) -> Description:
        """Say what this adapter is and can do."""
        return {
            "name": self.name,
            "suffix": self._scheduler.suffix,
            "scheduled": True,
            "slots": None,
            "commands": list(self._scheduler.programs),
        }

    def reach(self) -> str | None:
        """Say why the scheduler cannot be asked, or has no program to submit with; None: all is well."""
        program = self._scheduler.runner.missing_program(self._scheduler.programs)
        if program is not None:
            return f"{program} is not on the PATH"
        counted = self._scheduler.queued()
        return counted if isinstance(counted, str) else None

    def render(self, request: RequestMap) -> Rendered:
        """Render the texts of a job's scripts, and prepare its submission.

        Raises:
            RequestError: a value cannot be used.
        """
        scheduler = self._scheduler
        job = scheduler.read(request)
        lines = scheduler.directives(job) if job.scheduled else []
        texts = rendering.render(
            job,
            scheduler.suffix,
            lines,
            lambda nodes, procs: scheduler.launch_words(job, nodes, procs),
        )
        # A local step is not for this adapter to submit.
        texts["prepared"] = scheduler.prepare(job, lines).as_map() if job.scheduled else None
        return texts

    def submit(self, jobs: Sequence[JobMap]) -> dict[str, SubmitAnswer]:
        """Submit all jobs, as far as the user's own limit allows.

        Raises:
            RequestError: a value cannot be used; nothing was submitted.
        """
        parsed = [parse_submission(job, self._prepare) for job in jobs]
        room = self._limit.room(len(parsed))
        answers = self._scheduler.submit(parsed[: room.jobs])
        for answer in answers.values():
            if "job" in answer:
                self._tracker.seen(answer["job"], JobStatus(answer["state"]))
        for job in parsed[room.jobs :]:
            answers[job.key] = SchedulerError(room.reason, transient=True).answer()
        return answers

    def _prepare(self, request: RequestMap) -> Prepared:
        """Return what submitting takes of a request, where the caller did not keep what `render` prepared."""
        job = self._scheduler.read(request)
        return self._scheduler.prepare(
            job, self._scheduler.directives(job) if job.scheduled else []
        )

    def poll(self, job_ids: Sequence[str]) -> dict[str, PollAnswer]:
        """Ask for all jobs of a round."""
        self._tracker.keep_only(job_ids)
        shown: Mapping[str, JobStatus] = self._scheduler.show(job_ids) if job_ids else {}
        statuses = self._tracker.follow(job_ids, shown)
        return {job_id: status.answer() for job_id, status in statuses.items()}

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """Cancel all; a job that has ended already counts as cancelled."""
        return self._scheduler.cancel(job_ids) if job_ids else {}

    def find(self, tokens: Sequence[str]) -> dict[str, FindAnswer]:
        """Find the submissions that were received and are in the queue."""
        return self._search.find(tokens)

    def wake_fd(self) -> int | None:
        """Return None: nothing here notifies."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Leave the jobs alone unless told otherwise; nothing is held."""
        if stop_jobs:
            self.cancel(self._tracker.live())


def make_adapter(
    scheduler: Scheduler,
    options: AdapterOptions,
    *,
    pause: Callable[[float], None] = time.sleep,
    tracker: MissingJobTracker | None = None,
) -> BatchAdapter:
    """Put an adapter together, with the parts that its options ask for.

    Args:
        scheduler: what differs between schedulers.
        options: of the adapter.
        pause: waits for some seconds.
        tracker: of missing jobs; None: one with the usual patience.
    """
    return BatchAdapter(
        scheduler,
        limit=UserLimit(options.user_throttle, scheduler.queued),
        tracker=tracker or MissingJobTracker(),
        search=TokenSearch(scheduler.look, pause),
    )
