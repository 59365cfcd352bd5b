"""Put a machine into a world of schedulers, attempt files and crashes, all in memory and all random.

A record is safe before what it intends is done, as in the real world. Everything else may go wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import attrs

from maestro_conductor.backends.submitter import withdrawn
from maestro_conductor.core.answers import Answer
from maestro_conductor.core.dependencies import mark_queued
from maestro_conductor.core.events import Answers, Event, Found, Now, Polled
from maestro_conductor.core.instructions import (
    Cancel,
    Effects,
    Find,
    Instruction,
    ReadAttemptFile,
    Resize,
    Submission,
    Submit,
)
from maestro_conductor.core.invariants import validate
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.queues import LOCAL
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import Record
from maestro_conductor.model.settings import Settings
from maestro_conductor.testing.clock import ManualClock
from maestro_conductor.testing.simulated_jobs import SimulatedJobs

__all__ = ["World"]

STUDY_ID = "3f9a0c2d71e8"


class World:
    """Runs a machine; see the module.

    Attributes:
        machine: it is replaced by another after each crash.
        journal: records that are safe.
        acknowledged: instances whose hold was acknowledged: none of them may be submitted.
        jobs: what the machine's instructions meet; once it is calm, nothing goes wrong any more, and
            the study must come to its end.
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
        self._slots = self._most_slots = local_slots
        self._ahead = local_ahead
        self.clock = ManualClock()
        self.journal: list[Record] = []
        self.jobs = SimulatedJobs(random)
        self._todo: list[Instruction] = []
        self._held: list[Submission] = []
        self._events: list[Event] = []
        self.acknowledged: set[int] = set()
        self.machine = self._open()

    # -- the conductor's side --

    def _open(self) -> Machine:
        self._todo = []
        self._held = []
        self._events = []
        state = StudyState(len(self._graph), STUDY_ID, self._settings)
        for record in self.journal:
            state.apply(record)
        self._slots = state.settings.local_slots or self._slots
        machine = Machine(self._graph, state, local_slots=self._slots, local_ahead=self._ahead)
        self._commit(machine.start(self._now()))
        return machine

    def crash(self) -> None:
        """Let the conductor die, and another take over."""
        self.machine = self._open()

    def handle(self, *events: Event) -> None:
        """Have the machine take in what is there, and the journal what it says; or die first."""
        events = (*self._events, *events)
        self._events = []
        effects = self.machine.handle(events, self._now())
        if self.jobs.chance(0.02):
            self.crash()  # before its records were safe
            return
        self._commit(effects)
        self._most_slots = max(self._most_slots, self.machine.queues[LOCAL].slots or 0)
        self._withdraw_unwanted()
        self._acknowledge()
        validate(self.machine, self._graph, steady=self.clock.steady_s, most_slots=self._most_slots)
        if self._random.random() < 0.1:
            self.compare()

    def _withdraw_unwanted(self) -> None:
        """Withdraw what is held or cancelled and was not submitted yet, as the shell does."""
        unwanted = set(self.machine.unwanted)
        self.machine.unwanted.clear()
        if not unwanted:
            return
        for place, item in enumerate(self._todo):
            if isinstance(item, Submit):
                self._todo[place] = attrs.evolve(
                    item, jobs=self._without(unwanted, item.queue, item.jobs)
                )
        self._held = self._without(unwanted, LOCAL, self._held)

    def _without(
        self, unwanted: set[int], queue: str, jobs: Sequence[Submission]
    ) -> list[Submission]:
        gone = [(job.instance, job.attempt) for job in jobs if job.instance in unwanted]
        if gone:
            rows = [(*row, withdrawn("held or cancelled")) for row in gone]
            self._events.append(Answers(queue, rows))
        return [job for job in jobs if job.instance not in unwanted]

    def _acknowledge(self) -> None:
        """Acknowledge holds of which nothing is being submitted any more."""
        held = self.machine.state.held
        submitting = {i for queue in self.machine.queues.values() for i in queue.submitting}
        self.acknowledged = (self.acknowledged & held) | (held - submitting)

    def _submit(self, queue: str, job: Submission) -> Answer:
        assert job.instance not in self.acknowledged, f"{job} is held"  # noqa: S101
        return self.jobs.submit(queue, job)

    def _commit(self, effects: Effects) -> None:
        self.journal += effects.records
        self._todo += effects.instructions

    def compare(self) -> None:
        """Check that a replay gives what the machine has."""
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
        """Let something happen."""
        roll = self._random.random()
        if self._todo and roll < 0.5:
            self._perform(self._todo.pop(0))
        elif roll < 0.75:
            self.jobs.go_on()
        elif roll < 0.9:
            self._poll()
        else:
            self.clock.advance(self._random.choice([0.5, 5.0, 40.0]))
        if self.jobs.chance(0.03):
            self.crash()
        self.handle()
        self._start_local()

    def _perform(self, item: Instruction) -> None:
        if isinstance(item, Submit) and item.queue == LOCAL:
            self._held += item.jobs
            self._start_local()
        elif isinstance(item, Submit):
            answers = [
                (job.instance, job.attempt, self._submit(item.queue, job)) for job in item.jobs
            ]
            self._answer(Answers(item.queue, answers))
        elif isinstance(item, Find):
            rows = [(i, attempt, self.jobs.find(token)) for i, attempt, token in item.jobs]
            self._answer(Found(item.queue, rows))
        elif isinstance(item, ReadAttemptFile):
            self._answer(self.jobs.settle(item, self.clock.wall_ms))
        elif isinstance(item, Cancel):
            for name in item.jobs:
                self.jobs.cancel(name)
        elif isinstance(item, Resize):
            self._slots = item.slots
            unwanted = {job.instance for job in self._held}
            self._held = self._without(unwanted, LOCAL, self._held)

    def _start_local(self) -> None:
        """Start local attempts as there is room for them; or never, once the study is stopped."""
        queue, machine = self.machine.queues[LOCAL], self.machine
        held, self._held = self._held, []
        stopped = machine.closing or machine.state.cancelling
        room = self._slots - queue.used + sum(queue.weights.get(job.instance, 0) for job in held)
        surplus = machine.surplus
        kept = held[: max(0, len(held) - surplus)] if surplus and not stopped else held
        answer: Answer
        for job in held[len(kept) :]:
            answer = withdrawn("the throttle was lowered")
            self._answer(Answers(LOCAL, [(job.instance, job.attempt, answer)]))
        for job in kept:
            if self.machine is not machine:
                return  # it died, and what it held was never submitted
            room -= queue.weights.get(job.instance, 0)
            if stopped:
                answer = withdrawn("stopped")
            elif room >= 0:
                answer = self._submit(LOCAL, job)
            else:
                self._held.append(job)
                continue
            self._answer(Answers(LOCAL, [(job.instance, job.attempt, answer)]))

    def _answer(self, event: Event) -> None:
        if self.jobs.chance(0.05):
            self.crash()  # done, and the answer never arrived
        else:
            self._events.append(event)

    def _poll(self) -> None:
        for name, queue in self.machine.queues.items():
            jobs = list(queue.jobs)
            if not jobs:
                continue
            answers = {job: self.jobs.poll(job) for job in jobs}
            self._events.append(Polled(name, answers))


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
    "held",
    "ending",
    "requests",
    "resumed",
    "outcome",
    "settings",
]
