"""The conductor's side of the local adapter: attempts are handed over before their slot is free.

The moment a step ends the next one starts, since the adapter has its script, and the journal its intent.
What follows from the end is worked out while that one runs. To the machine, an attempt is submitted when it
has started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from maestro_conductor.backends.protocol import LocalAdapter
from maestro_conductor.backends.submitter import Answer, Submission, file_trouble, withdrawn
from maestro_conductor.core.events import Answers, Event, Found, Polled
from maestro_conductor.core.instructions import Find, Job
from maestro_conductor.core.queues import LOCAL, Queue
from maestro_conductor.model.adapter_states import LIVE

__all__ = ["LocalLink"]

#: s between two questions for a job that has ended.
_ASK_AGAIN = 1.0


class LocalLink:
    """Submits local attempts, and tells what becomes of them.

    Args:
        adapter: of the local steps.
        submission: writes scripts.
        lane: of the machine.

    Attributes:
        trouble: why scripts could not be written last time; None: they could.
    """

    def __init__(self, adapter: LocalAdapter, submission: Submission, lane: Queue) -> None:
        self.adapter = adapter
        self._submission = submission
        self._lane = lane
        #: Jobs that wait for a slot, with their instance and attempt.
        self._waiting: dict[str, tuple[int, int]] = {}
        #: What was said last of each job that the machine knows and that lives.
        self._said: dict[str, Mapping[str, Any] | None] = {}
        #: Jobs that have ended; the machine may still be in doubt about how.
        self._over: set[str] = set()
        self._ask_again = 0.0
        self.trouble: str | None = None

    @property
    def busy(self) -> bool:
        """Whether a job lives or waits."""
        return bool(self._waiting or self._lane.jobs)

    def submit(self, jobs: Sequence[Job]) -> Answers | None:
        """Write scripts and hand them over; gives the answers for those that do not wait for a slot."""
        answers = self._submission.submit(self.adapter, jobs, sync=False)
        self.trouble = file_trouble(answers)
        told: list[Answer] = []
        for i, attempt, answer in answers:
            if "job" in answer and answer["state"] == "PENDING":
                self._waiting[answer["job"]] = (i, attempt)
            else:
                told.append((i, attempt, answer))
        self._note(told)
        return Answers(LOCAL, told) if told else None

    def poll(self, steady: float) -> list[Event]:
        """What the adapter says of the jobs, where that is new.

        Once in a while those are asked for again whose end the machine could not settle.
        """
        asked = [*self._said, *self._waiting]
        if self._over and steady >= self._ask_again:
            self._ask_again = steady + _ASK_AGAIN
            self._over &= self._lane.jobs.keys()
            asked += self._over
        said = self._said
        known: dict[str, Mapping[str, Any]] = {}
        new: dict[str, Mapping[str, Any]] = {}
        begun: list[Answer] = []
        begun_at: list[float] = []
        for asked_job, answer in self.adapter.poll(asked).items():
            job, news = asked_job, known
            if job in self._waiting:
                if answer["state"] == "PENDING":
                    continue
                i, attempt = self._waiting.pop(job)
                job, news = answer.get("job", job), new
                begun.append((i, attempt, {"job": job, "state": "RUNNING"}))
                begun_at.append(answer["started"] or answer["ended"] or 0.0)
            if answer["state"] not in LIVE:
                news[job] = answer
                self._over.add(job)
                said.pop(job, None)
            elif said.get(job) != answer:
                news[job] = said[job] = answer
        # Those that ended made room for those that began, of which some may have ended as well.
        events: list[Event] = [Polled(LOCAL, known)]
        if begun:
            events.append(Answers(LOCAL, begun, int(min(begun_at) * 1000) or None))
            events.append(Polled(LOCAL, new))
        return events

    def withdraw(self, reason: str, most: int | None = None) -> Answers | None:
        """Start none of those that wait: they are refused, and may be tried another time.

        Args:
            reason: for people.
            most: the last so many of those that wait; None: all.
        """
        waiting = list(self._waiting)
        chosen = waiting if most is None else waiting[max(0, len(waiting) - most) :]
        if not chosen:
            return None
        gone = self.adapter.withdraw(chosen)
        rows = [(*self._waiting.pop(job), withdrawn(reason)) for job in gone]
        return Answers(LOCAL, rows) if rows else None

    def cancel(self, jobs: Sequence[str]) -> None:
        """Cancel jobs; their end is seen by `poll`."""
        self.adapter.cancel(jobs)

    def find(self, instruction: Find) -> Found:
        """Ask what became of attempts."""
        tokens = [token for _, _, token in instruction.jobs]
        found: Mapping[str, Mapping[str, Any]] = self.adapter.find(tokens)
        rows = [(i, attempt, found[token]) for i, attempt, token in instruction.jobs]
        self._note(rows)
        return Found(LOCAL, rows)

    def _note(self, answers: Sequence[Answer]) -> None:
        """Those that were accepted, or found, live from now on."""
        for _, _, answer in answers:
            job = answer.get("job")
            if job is not None:
                self._said.setdefault(job, None)
