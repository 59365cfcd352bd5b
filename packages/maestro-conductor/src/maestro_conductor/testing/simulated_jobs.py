"""Simulate schedulers, drivers and attempt files, all in memory: what a machine's instructions meet.

They keep the rules that the real ones keep: a driver runs nothing where its attempt file exists
already. Everything else may go wrong, unless it is calm.
"""

from __future__ import annotations

from random import Random

import attrs

from maestro_conductor.core.answers import Answer
from maestro_conductor.core.events import AttemptFileRead
from maestro_conductor.core.instructions import ReadAttemptFile, Submission
from maestro_conductor.core.queues import LOCAL

__all__ = ["SimulatedJobs"]


@attrs.define(eq=False)
class _Job:
    queue: str
    instance: int
    attempt: int
    token: str
    state: str = "PENDING"
    code: int | None = None

    @property
    def lives(self) -> bool:
        return self.state in ("PENDING", "RUNNING")


class SimulatedJobs:
    """All jobs of a study, in both queues, and the attempt files that their drivers write.

    Attributes:
        files: (instance, attempt) → ``void``, ``started`` or an exit code.
        ran: (instance, attempt) of each command that was run, in order.
        calm: nothing goes wrong any more.
    """

    def __init__(self, random: Random) -> None:
        self.files: dict[tuple[int, int], str | int] = {}
        self.ran: list[tuple[int, int]] = []
        self.calm = False
        self._random = random
        self._jobs: dict[str, _Job] = {}

    def chance(self, share: float) -> bool:
        """Tell whether something goes wrong this time."""
        return not self.calm and self._random.random() < share

    # -- what the machine asks for --

    def submit(self, queue: str, job: Submission) -> Answer:
        """Take a submission, refuse it, or keep silent about it."""
        if job.attempt > 1:
            self.files.setdefault((job.instance, job.attempt - 1), "void")
        roll = 1.0 if self.calm else self._random.random()
        if roll < 0.05:
            return {"error": "busy", "transient": True}
        if roll < 0.08:
            return {"error": "no such account", "transient": False}
        if roll < 0.12:
            return {"error": "no answer", "unknown": True}
        name = f"{queue}{len(self._jobs)}"
        made = _Job(queue, job.instance, job.attempt, job.token)
        self._jobs[name] = made
        if queue == LOCAL:
            self._begin(made)
        if roll < 0.2:
            return {"error": "no answer", "unknown": True}
        return {"job": name, "state": "PENDING" if made.state == "PENDING" else "RUNNING"}

    def cancel(self, name: str) -> None:
        """End a job."""
        self._stop(self._jobs[name], "CANCELLED")

    def poll(self, name: str) -> Answer:
        """Tell what a job does."""
        job = self._jobs[name]
        if self.chance(0.1):
            return {"state": "UNREACHABLE", "reason": "no answer"}
        return {"state": job.state, "exit_code": job.code, "reason": None}

    def find(self, token: str) -> Answer:
        """Search for a job that lives."""
        if self.chance(0.2):
            return {"error": "no answer"}
        for name, job in self._jobs.items():
            if job.token == token and job.lives:
                return {"job": name, "state": job.state}
        return {"absent": True}

    def settle(self, item: ReadAttemptFile, wall: int) -> AttemptFileRead:
        """Read an attempt file, or make the attempt void.

        Args:
            item: which.
            wall: ms since 1970, now.
        """
        key = (item.instance, item.attempt)
        if self.chance(0.05):
            return AttemptFileRead(*key, "error", detail="no room on the disk")
        running = [job for job in self._jobs.values() if job.state == "RUNNING"]
        if any((job.queue, job.instance, job.attempt) == (LOCAL, *key) for job in running):
            return AttemptFileRead(*key, "error", detail="its process may still run it")
        if item.void:
            self.files.setdefault(key, "void")
        found = self.files.get(key, "absent")
        if isinstance(found, int):
            return AttemptFileRead(*key, "ended", exit_code=found, at=wall)
        return AttemptFileRead(*key, found)

    # -- what happens by itself --

    def go_on(self) -> None:
        """Let jobs begin, end, or get lost."""
        for job in list(self._jobs.values()):
            if not job.lives or self._random.random() < 0.4:
                continue
            if job.state == "RUNNING":
                self._end(job)
            elif self.chance(0.05):
                job.state = self._random.choice(["HWFAILURE", "NOTFOUND", "CANCELLED"])
            else:
                self._begin(job)

    def _begin(self, job: _Job) -> None:
        """Run the driver."""
        key = (job.instance, job.attempt)
        if key in self.files:
            job.state, job.code = "FAILED", 75
            return
        if self.chance(0.05):  # no room for its attempt file
            job.state, job.code = "FAILED", 73
            return
        others = [other for other in self._jobs.values() if other.instance == job.instance]
        running = [other for other in others if other.state == "RUNNING"]
        assert not running, f"{key} starts while {running} run"  # noqa: S101
        self.files[key] = "started"
        self.ran.append(key)
        job.state = "RUNNING"

    def _end(self, job: _Job) -> None:
        roll = 1.0 if self.calm else self._random.random()
        if roll < 0.1:
            job.state = self._random.choice(["HWFAILURE", "NOTFOUND", "PREEMPTED"])
        elif roll < 0.2:
            self._stop(job, self._random.choice(["TIMEDOUT", "CANCELLED"]))
        else:
            code = 0 if self.calm else self._random.choice([0, 0, 0, 1, 3, 4])
            self.files[job.instance, job.attempt] = code
            job.state, job.code = ("FAILED", code) if code else ("FINISHED", 0)
            if self.chance(0.05):
                job.state, job.code = "NOTFOUND", None  # forgotten before anybody asked

    def _stop(self, job: _Job, state: str) -> None:
        if job.state == "RUNNING" and self._random.random() < 0.5:
            self.files[job.instance, job.attempt] = 143
        if job.lives:
            job.state = state
