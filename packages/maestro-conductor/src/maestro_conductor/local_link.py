"""The conductor's side of the local adapter: attempts are made ready before their slot is free.

The moment a step ends the next one starts, since its script is there and its intent in the journal.
What follows from the end is worked out while that one runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from maestro_conductor.events import Answers, Found, Polled
from maestro_conductor.instructions import Find, Job
from maestro_conductor.lanes import LOCAL, Lane
from maestro_conductor.ports import Adapter
from maestro_conductor.sightings import LIVE
from maestro_conductor.submission import Answer, Submission, file_trouble

__all__ = ["LocalLink"]

#: s between two questions for a job that has ended.
_ASK_AGAIN = 1.0


class LocalLink:
    """Submits local attempts as slots become free.

    It knows what lives before the machine does, which may hear of several ends at once.

    Args:
        adapter: of the local steps.
        submission: writes scripts.
        lane: of the machine: its slots, and what an instance weighs.

    Attributes:
        trouble: why scripts could not be written last time; None: they could.
    """

    def __init__(self, adapter: Adapter, submission: Submission, lane: Lane) -> None:
        self.adapter = adapter
        self._submission = submission
        self._lane = lane
        self._held: deque[tuple[Job, dict[str, Any]]] = deque()
        #: Slots that each live job fills, and what was said of it last.
        self._weights: dict[str, int] = {}
        self._said: dict[str, Mapping[str, Any]] = {}
        #: Jobs that have ended; the machine may still be in doubt about how.
        self._over: set[str] = set()
        self._ask_again = 0.0
        self._used = 0
        self.trouble: str | None = None

    @property
    def supplied(self) -> bool:
        """Whether all slots are filled, and what is held suffices for the next ends."""
        slots = self._lane.slots
        return slots is not None and self._used >= slots and len(self._held) >= slots

    def prepare(self, jobs: Sequence[Job]) -> Answers | None:
        """Write scripts, and keep the attempts until `start`; gives those that were refused."""
        ready, refused = self._submission.prepare(jobs, sync=False)
        self._held.extend(ready)
        self.trouble = file_trouble(refused)
        return Answers(LOCAL, refused) if refused else None

    def poll(self, steady: float) -> Polled:
        """What the adapter says of the live jobs, where that is new; an end frees slots.

        Once in a while those are asked for again whose end the machine could not settle.
        """
        asked = list(self._weights)
        if self._over and steady >= self._ask_again:
            self._ask_again = steady + _ASK_AGAIN
            self._over &= self._lane.jobs.keys()
            asked += self._over
        said, news = self._said, {}
        for job, answer in self.adapter.poll(asked).items():
            if answer["state"] not in LIVE:
                news[job] = answer
                self._over.add(job)
                self._used -= self._weights.pop(job, 0)
                said.pop(job, None)
            elif said.get(job) != answer:
                news[job] = said[job] = answer
        return Polled(LOCAL, news)

    def start(self, wall: int) -> Answers | None:
        """Submit what has room now.

        Args:
            wall: ms since 1970.
        """
        slots = self._lane.slots
        chosen: list[tuple[Job, dict[str, Any]]] = []
        taken = self._used
        while self._held:
            weight = self._lane.weights.get(self._held[0][0].instance, 0)
            if slots is not None and taken + weight > slots:
                break
            taken += weight
            chosen.append(self._held.popleft())
        if not chosen:
            return None
        answers = self._submission.hand_over(self.adapter, chosen)
        self._note(answers)
        return Answers(LOCAL, answers, wall)

    def give_up(self, reason: str) -> Answers | None:
        """Submit none of those that are held: they are refused, and may be tried another time."""
        if not self._held:
            return None
        answer = {"error": reason, "transient": True}
        dropped = [(job.instance, job.attempt, answer) for job, _ in self._held]
        self._held.clear()
        return Answers(LOCAL, dropped)

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
        for i, _, answer in answers:
            job = answer.get("job")
            if job is not None and job not in self._weights:
                self._weights[job] = weight = self._lane.weights.get(i, 0)
                self._used += weight
