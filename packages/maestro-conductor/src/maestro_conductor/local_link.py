"""The conductor's side of the local adapter: attempts are made ready before their slot is free.

The moment a step ends the next one starts, since its script is there and its intent in the journal.
What follows from the end is worked out while that one runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from maestro_conductor.events import Answers, Found, Polled
from maestro_conductor.instructions import Find, Job
from maestro_conductor.lanes import LOCAL, Lane
from maestro_conductor.ports import Adapter
from maestro_conductor.submission import Submission

__all__ = ["LocalLink"]

_LIVE = frozenset({"PENDING", "RUNNING", "SUSPENDED", "FINISHING", "UNKNOWN", "UNREACHABLE"})


class LocalLink:
    """Submits local attempts as slots become free.

    Args:
        adapter: of the local steps.
        submission: writes scripts.
        lane: of the machine; read only.
    """

    def __init__(self, adapter: Adapter, submission: Submission, lane: Lane) -> None:
        self.adapter = adapter
        self._submission = submission
        self._lane = lane
        self._held: deque[tuple[Job, dict[str, Any]]] = deque()

    def prepare(self, jobs: Sequence[Job]) -> Answers | None:
        """Write scripts, and keep the attempts until `start`; gives those that were refused."""
        ready, refused = self._submission.prepare(jobs, sync=False)
        self._held.extend(ready)
        return Answers(LOCAL, refused) if refused else None

    def poll(self, jobs: Collection[str]) -> Polled:
        """What the adapter says of jobs."""
        return Polled(LOCAL, self.adapter.poll(list(jobs)))

    def start(self, polled: Polled | None = None) -> Answers | None:
        """Submit what has room now.

        Args:
            polled: answers that the machine has not taken in yet; who ended there leaves room.
        """
        if not self._held:
            return None
        room = self._room(polled)
        chosen = []
        while self._held and (room is None or room >= self._weight(self._held[0][0])):
            job, ready = self._held.popleft()
            chosen.append((job, ready))
            if room is not None:
                room -= self._weight(job)
        if not chosen:
            return None
        return Answers(LOCAL, self._submission.hand_over(self.adapter, chosen))

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
        return Found(LOCAL, rows)

    def _weight(self, job: Job) -> int:
        return self._lane.weights.get(job.instance, 0)

    def _room(self, polled: Polled | None) -> int | None:
        """Slots that no job fills; None: there is no limit."""
        lane = self._lane
        if lane.slots is None:
            return None
        room = lane.slots - lane.used + sum(self._weight(job) for job, _ in self._held)
        if polled is not None:
            for job, answer in polled.jobs.items():
                if answer["state"] not in _LIVE and job in lane.jobs:
                    room += lane.weights.get(lane.jobs[job], 0)
        return room
