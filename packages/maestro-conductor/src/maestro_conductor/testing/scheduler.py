"""Do what a test tells: a scheduler by which nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import attrs

from maestro_conductor.backends.protocol import (
    CancelAnswer,
    Description,
    FindAnswer,
    JobMap,
    PollAnswer,
    Rendered,
    RequestMap,
    SubmitAnswer,
)

__all__ = ["ScriptedScheduler"]

_LIVE = frozenset({"PENDING", "RUNNING", "SUSPENDED", "FINISHING", "UNKNOWN"})


@attrs.define
class ScriptedScheduler:
    """An adapter whose answers are set by hand.

    Attributes:
        outcome: called with each job that is submitted; returns the answer of ``poll`` from then on,
            until `say` changes it.
        refusal: called with each job before it is accepted; an answer of ``submit`` with an error,
            or None: accepted.
        name, slots: as described.
        submitted: all jobs that were accepted: what ``submit`` got, by job.
        answers: what ``poll`` says, by job.
        cancelled: jobs that were asked to be cancelled.
        polls: how often ``poll`` was called.
    """

    outcome: Callable[[JobMap], PollAnswer] = lambda _job: {"state": "PENDING"}
    refusal: Callable[[JobMap], SubmitAnswer | None] = lambda _job: None
    name: str = "scripted"
    slots: int | None = None
    scheduled: bool = True
    submitted: dict[str, JobMap] = attrs.Factory(dict)
    answers: dict[str, PollAnswer] = attrs.Factory(dict)
    cancelled: list[str] = attrs.Factory(list)
    polls: int = 0
    _next: int = 100

    def describe(self) -> Description:
        """See docs/adapters.md."""
        return {
            "name": self.name,
            "suffix": ".sh",
            "scheduled": self.scheduled,
            "slots": self.slots,
            "commands": [],
        }

    def render(self, request: RequestMap) -> Rendered:
        """Render a script that is the command."""
        restart = request["restart"]
        return {
            "script": f"#!/bin/sh\n\n{request['command']}\n",
            "restart": None if restart is None else f"#!/bin/sh\n\n{restart}\n",
            "suffix": ".sh",
            "script_name": f"{request['name']}.sh",
            "restart_name": None if restart is None else f"{request['label']}.restart.sh",
            "slots": request["procs"] or 1,
        }

    def submit(self, jobs: Sequence[JobMap]) -> dict[str, SubmitAnswer]:
        """Accept or refuse."""
        answers: dict[str, SubmitAnswer] = {}
        for job in jobs:
            refusal = self.refusal(job)
            if refusal is not None:
                answers[job["key"]] = refusal
                continue
            name = str(self._next)
            self._next += 1
            self.submitted[name] = job
            self.say(name, **self.outcome(job))
            state = self.answers[name]["state"]
            answers[job["key"]] = {
                "job": name,
                "state": "PENDING" if state == "PENDING" else "RUNNING",
            }
        return answers

    def say(self, job: str, /, **answer: object) -> None:
        """Have ``poll`` say this of a job from now on."""
        nothing: PollAnswer = {
            "native": str(answer["state"]),
            "reason": None,
            "exit_code": None,
            "started": None,
            "ended": None,
            "restarts": 0,
            "nodes": [],
        }
        self.answers[job] = cast("PollAnswer", {**nothing, **answer})

    def poll(self, job_ids: Sequence[str]) -> dict[str, PollAnswer]:
        """Return what was said last of each job."""
        self.polls += 1
        missing: PollAnswer = {
            "state": "NOTFOUND",
            "native": "",
            "reason": None,
            "exit_code": None,
        }
        return {job: self.answers.get(job, missing) for job in job_ids}

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """Cancel jobs at once."""
        for job in job_ids:
            self.cancelled.append(job)
            if self.answers[job]["state"] in _LIVE:
                self.say(job, state="CANCELLED")
        return {job: {"cancelled": True} for job in job_ids}

    def withdraw(self, job_ids: Sequence[str]) -> list[str]:
        """Have those that wait never start."""
        waiting = [job for job in job_ids if self.answers[job]["state"] == "PENDING"]
        for job in waiting:
            self.say(job, state="CANCELLED")
        return waiting

    def resize(self, slots: int) -> None:
        """Run jobs in so many slots from here on."""
        self.slots = slots

    def find(self, tokens: Sequence[str]) -> dict[str, FindAnswer]:
        """Return the live jobs of these tokens."""
        live = {
            job["token"]: name
            for name, job in self.submitted.items()
            if self.answers[name]["state"] in _LIVE
        }
        return {
            token: {"job": live[token], "state": self.answers[live[token]]["state"]}
            if token in live
            else {"absent": True}
            for token in tokens
        }

    def wake_fd(self) -> int | None:
        """Return None: it is polled."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Do nothing: nothing is held."""
