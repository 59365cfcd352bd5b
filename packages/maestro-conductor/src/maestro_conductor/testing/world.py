"""A world for the machine: schedulers, attempt files and crashes, all in memory and all random.

It keeps the rules that the real world keeps: a driver runs nothing where its attempt file exists
already, and a record is safe before what it announces is done. Everything else may go wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import attrs

from maestro_conductor.backends.submitter import withdrawn
from maestro_conductor.core.dependencies import mark_queued
from maestro_conductor.core.events import Answers, Event, Found, Now, Polled, Settled
from maestro_conductor.core.instructions import Cancel, Find, Instruction, Job, Settle, Submit, Turn
from maestro_conductor.core.invariants import validate
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.queues import LOCAL
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import Record
from maestro_conductor.model.settings import Settings
from maestro_conductor.testing.clock import ManualClock

__all__ = ["World"]

STUDY_ID = "3f9a0c2d71e8"


@attrs.define(eq=False)
class _Job:
    lane: str
    instance: int
    attempt: int
    token: str
    state: str = "PENDING"
    code: int | None = None

    @property
    def lives(self) -> bool:
        return self.state in ("PENDING", "RUNNING")


class World:
    """Runs a machine; see the module.

    Attributes:
        machine: it is replaced by another after each crash.
        journal: records that are safe.
        files: (instance, attempt) → ``void``, ``started`` or an exit code.
        ran: (instance, attempt) of each command that was run, in order.
        calm: nothing goes wrong any more, so the study must come to its end.
    """

    def __init__(
        self,
        graph: Graph,
        random: Random,
        settings: Settings,
        *,
        local_slots: int = 2,
        local_ahead: int = 0,
    ) -> None:
        self._graph = graph
        self._random = random
        self._settings = settings
        self._slots = local_slots
        self._ahead = local_ahead
        self.clock = ManualClock()
        self.journal: list[Record] = []
        self.files: dict[tuple[int, int], str | int] = {}
        self.ran: list[tuple[int, int]] = []
        self.jobs: dict[str, _Job] = {}
        self.calm = False
        self._todo: list[Instruction] = []
        self._held: list[Job] = []
        self._events: list[Event] = []
        self._asked: set[int] = set()
        self.machine = self._open()

    # -- the conductor's side --

    def _open(self) -> Machine:
        self._todo = []
        self._held = []
        self._events = []
        state = StudyState(len(self._graph), STUDY_ID, self._settings)
        for record in self.journal:
            state.apply(record)
        machine = Machine(self._graph, state, local_slots=self._slots, local_ahead=self._ahead)
        self._commit(machine.start(self._now()))
        return machine

    def crash(self) -> None:
        """The conductor dies; another takes over."""
        self.machine = self._open()

    def handle(self, *events: Event) -> None:
        """The machine takes in what is there, and the journal what it says; or it dies first."""
        events = (*self._events, *events)
        self._events = []
        turn = self.machine.handle(events, self._now())
        if not self.calm and self._random.random() < 0.02:
            self.crash()  # before its records were safe
            return
        self._commit(turn)
        validate(self.machine, self._graph, steady=self.clock.steady_s)
        if self._random.random() < 0.1:
            self.compare()

    def _commit(self, turn: Turn) -> None:
        self.journal += turn.records
        self._todo += turn.instructions

    def compare(self) -> None:
        """A replay gives what the machine has."""
        replayed = StudyState(len(self._graph), STUDY_ID, self._settings)
        for record in self.journal:
            replayed.apply(record)
        mark_queued(self._graph, replayed)
        live = self.machine.state
        for name in _COMPARED:
            assert getattr(replayed, name) == getattr(live, name), name  # noqa: S101

    def _now(self) -> Now:
        return Now(self.clock.wall_ms, self.clock.steady_s)

    # -- the world's side --

    def step(self) -> None:
        """Something happens."""
        roll = self._random.random()
        if self._todo and roll < 0.5:
            self._perform(self._todo.pop(0))
        elif roll < 0.75:
            self._let_jobs_go_on()
        elif roll < 0.9:
            self._poll()
        else:
            self.clock.advance(self._random.choice([0.5, 5.0, 40.0]))
        if not self.calm and self._random.random() < 0.03:
            self.crash()
        self.handle()
        self._start_local()

    def _perform(self, item: Instruction) -> None:
        if isinstance(item, Submit) and item.lane == LOCAL:
            self._held += item.jobs
            self._start_local()
        elif isinstance(item, Submit):
            answers = [
                (job.instance, job.attempt, self._submit(item.lane, job)) for job in item.jobs
            ]
            self._answer(Answers(item.lane, answers))
        elif isinstance(item, Find):
            rows = [(i, attempt, self._find(token)) for i, attempt, token in item.jobs]
            self._answer(Found(item.lane, rows))
        elif isinstance(item, Settle):
            self._answer(self._settle(item))
        elif isinstance(item, Cancel):
            for name in item.jobs:
                self._asked.add(self.jobs[name].instance)
                self._stop(self.jobs[name], "CANCELLED")

    def _start_local(self) -> None:
        """Local attempts start as there is room for them; or never, once the study is stopped."""
        lane, machine = self.machine.queues[LOCAL], self.machine
        held, self._held = self._held, []
        stopped = machine.closing or machine.state.cancelling
        room = self._slots - lane.used + sum(lane.weights.get(job.instance, 0) for job in held)
        surplus = machine.surplus
        kept = held[: max(0, len(held) - surplus)] if surplus and not stopped else held
        answer: Mapping[str, Any]
        for job in held[len(kept) :]:
            answer = withdrawn("the throttle was lowered")
            self._answer(Answers(LOCAL, [(job.instance, job.attempt, answer)]))
        for job in kept:
            if self.machine is not machine:
                return  # it died, and what it held was never submitted
            room -= lane.weights.get(job.instance, 0)
            if stopped:
                answer = withdrawn("stopped")
            elif room >= 0:
                answer = self._submit(LOCAL, job)
            else:
                self._held.append(job)
                continue
            self._answer(Answers(LOCAL, [(job.instance, job.attempt, answer)]))

    def _answer(self, event: Event) -> None:
        if not self.calm and self._random.random() < 0.05:
            self.crash()  # done, and the answer never arrived
        else:
            self._events.append(event)

    def _submit(self, lane: str, job: Any) -> Mapping[str, Any]:
        if job.attempt > 1:
            self.files.setdefault((job.instance, job.attempt - 1), "void")
        roll = 1.0 if self.calm else self._random.random()
        if roll < 0.05:
            return {"error": "busy", "transient": True}
        if roll < 0.08:
            return {"error": "no such account", "transient": False}
        if roll < 0.12:
            return {"error": "no answer", "unknown": True}
        name = f"{lane}{len(self.jobs)}"
        made = _Job(lane, job.instance, job.attempt, job.token)
        self.jobs[name] = made
        if lane == LOCAL:
            self._begin(made)
        if roll < 0.2:
            return {"error": "no answer", "unknown": True}
        return {"job": name, "state": "PENDING" if made.state == "PENDING" else "RUNNING"}

    def _begin(self, job: _Job) -> None:
        """The driver runs."""
        key = (job.instance, job.attempt)
        if key in self.files:
            job.state, job.code = "FAILED", 75
            return
        if not self.calm and self._random.random() < 0.05:  # no room for its attempt file
            job.state, job.code = "FAILED", 73
            return
        others = [other for other in self.jobs.values() if other.instance == job.instance]
        running = [other for other in others if other.state == "RUNNING"]
        assert not running, f"{key} starts while {running} run"  # noqa: S101
        self.files[key] = "started"
        self.ran.append(key)
        job.state = "RUNNING"

    def _let_jobs_go_on(self) -> None:
        for job in list(self.jobs.values()):
            if not job.lives or self._random.random() < 0.4:
                continue
            if job.state == "PENDING":
                if not self.calm and self._random.random() < 0.05:
                    job.state = self._random.choice(["HWFAILURE", "NOTFOUND", "CANCELLED"])
                else:
                    self._begin(job)
            else:
                self._end(job)

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
            if not self.calm and self._random.random() < 0.05:
                job.state, job.code = "NOTFOUND", None  # forgotten before anybody asked

    def _stop(self, job: _Job, state: str) -> None:
        if job.state == "RUNNING" and self._random.random() < 0.5:
            self.files[job.instance, job.attempt] = 143
        if job.lives:
            job.state = state

    def _poll(self) -> None:
        for name, lane in self.machine.queues.items():
            jobs = list(lane.jobs)
            if not jobs:
                continue
            answers = {job: self._look(job) for job in jobs}
            self._events.append(Polled(name, answers))

    def _look(self, name: str) -> dict[str, Any]:
        job = self.jobs[name]
        if not self.calm and self._random.random() < 0.1:
            return {"state": "UNREACHABLE", "reason": "no answer"}
        return {"state": job.state, "exit_code": job.code, "reason": None}

    def _find(self, token: str) -> Mapping[str, Any]:
        if not self.calm and self._random.random() < 0.2:
            return {"error": "no answer"}
        for name, job in self.jobs.items():
            if job.token == token and job.lives:
                return {"job": name, "state": job.state}
        return {"absent": True}

    def _settle(self, item: Settle) -> Settled:
        key = (item.instance, item.attempt)
        if not self.calm and self._random.random() < 0.05:
            return Settled(*key, "error", detail="no room on the disk")
        running = [job for job in self.jobs.values() if job.state == "RUNNING"]
        if any((job.lane, job.instance, job.attempt) == (LOCAL, *key) for job in running):
            return Settled(*key, "error", detail="its process may still run it")
        if item.void:
            self.files.setdefault(key, "void")
        found = self.files.get(key, "absent")
        if isinstance(found, int):
            return Settled(*key, "ended", exit_code=found, at=self.clock.wall_ms)
        return Settled(*key, found)


_COMPARED = [
    "state",
    "attempt",
    "job",
    "cause",
    "script",
    "restarts",
    "resubmissions",
    "retries",
    "refusals",
    "submitted",
    "started",
    "ended",
    "exit_code",
    "reason",
    "before",
    "counts",
    "cancelling",
    "resumed",
    "outcome",
    "settings",
]
