from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from maestro_conductor.app.conduct import conduct
from maestro_conductor.core.events import Answers, AttemptFileRead, Now, Polled
from maestro_conductor.core.instructions import Effects, ReadAttemptFile
from maestro_conductor.core.invariants import validate
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.journal import read_state
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.settings import Settings
from maestro_conductor.model.states import NAMES
from maestro_conductor.testing import (
    ManualClock,
    ScriptedScheduler,
    SmallDisk,
    StepPlan,
    make_workspace,
)
from maestro_conductor.testing.virtual_time import Timeline, WatchedScheduler
from maestro_conductor.workspace.graph_file import read_graph

FINISHED = {"state": "FINISHED", "exit_code": 0}
FAILED = {"state": "FAILED", "exit_code": 1}


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Any]:
    """Reads a shared test vector by its name."""

    def read(name: str) -> Any:
        for folder in Path(__file__).parents:
            path = folder / "docs/workspace-format/vectors" / f"{name}.json"
            if path.exists():
                return json.loads(path.read_text(encoding="utf-8"))
        pytest.skip("the shared vectors are not part of a source distribution")

    return read


@pytest.fixture
def run() -> Callable[..., int]:
    """Runs a workspace whose jobs end at once, as `outcome` says; gives the exit code."""

    def run(root: Path, outcome: Any = None, **more: Any) -> int:
        def factory(name: str, options: Any) -> ScriptedScheduler:
            scheduler = ScriptedScheduler(name=name, slots=options["slots"] or 2)
            scheduler.scheduled = name != "local"
            scheduler.outcome = outcome or (lambda _job: FINISHED)
            return scheduler

        return conduct(root, scheduler_factory=factory, **more)

    return run


@pytest.fixture
def states() -> Callable[[Path], dict[str, str]]:
    """The state of each instance of a workspace, by its name."""

    def states(root: Path) -> dict[str, str]:
        graph, state = read_state(root)
        return by_name(graph, state)

    return states


def by_name(graph: Graph, state: StudyState) -> dict[str, str]:
    return {name: NAMES[state.state[i]] for i, name in enumerate(graph.names)}


class Bench:
    """A machine on a bench: events are handed in one by one, its answers are looked at."""

    def __init__(self, root: Path, plans: list[StepPlan], limits: Any = None, **more: Any) -> None:
        batch = more.pop("batch", {"type": "scripted"})
        self.graph = read_graph(make_workspace(root, plans, batch=batch))
        self.state = StudyState(len(self.graph), "3f9a0c2d71e8", limits or Settings())
        self.machine = Machine(self.graph, self.state, **more)
        self.clock = ManualClock()
        self.records: list[Any] = []
        self.effects = Effects()
        self._jobs = 0
        self.machine.start(self.now)
        self.handle()

    @property
    def now(self) -> Now:
        return Now(self.clock.wall_ms, self.clock.steady_s)

    def handle(self, *events: Any) -> list[Any]:
        """Gives the instructions."""
        self.effects = self.machine.handle(events, self.now)
        self.records += self.effects.records
        validate(self.machine, self.graph, steady=self.clock.steady_s)
        return self.effects.instructions

    def index(self, name: str) -> int:
        return self.graph.names.index(name)

    def submitted(self) -> list[tuple[str, int, str, str]]:
        """Instance, attempt, cause and script of what the last turn submits."""
        return [
            (self.graph.names[row[0]], row[1], row[3], row[4])
            for record in self.effects.records
            if record["kind"] == "intent"
            for row in record["jobs"]
        ]

    def answer(self, *names: str, **answer: Any) -> list[Any]:
        """The submissions of these instances are answered for; accepted, unless said otherwise."""
        for name in names:
            i = self.index(name)
            self._jobs += 1
            given = answer or {"job": f"j{self._jobs}", "state": "RUNNING"}
            queue = self.machine.queues.of(i).name
            self.handle(Answers(queue, [(i, self.state.attempt[i], given)]))
        return self.effects.instructions

    def poll(self, name: str, state: str, code: int | None = None, **more: Any) -> list[Any]:
        i = self.index(name)
        job = self.state.job[i] or ""
        answer = {"state": state, "exit_code": code, "reason": None, **more}
        return self.handle(Polled(self.machine.queues.of(i).name, {job: answer}))

    def settle(self, name: str, fate: str, code: int | None = None) -> list[Any]:
        i = self.index(name)
        return self.handle(AttemptFileRead(i, self.state.attempt[i], fate, code))

    def run(self, name: str, code: int = 0) -> list[Any]:
        """An instance that was announced is accepted, and ends."""
        self.answer(name)
        return self.end(name, code)

    def end(self, name: str, code: int = 0) -> list[Any]:
        """The command of an instance that runs ends."""
        instructions = self.poll(name, "FAILED" if code else "FINISHED", code)
        if any(isinstance(item, ReadAttemptFile) for item in instructions):
            return self.settle(name, "ended", code)
        return instructions

    def states(self) -> dict[str, str]:
        return by_name(self.graph, self.state)

    def reason(self, name: str) -> str | None:
        return self.state.reason.get(self.index(name))


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    def make(*plans: StepPlan, **more: Any) -> Bench:
        return Bench(tmp_path / "bench", list(plans), **more)

    return make


@pytest.fixture(scope="session")
def repository_file() -> Callable[[str], str]:
    """Reads a file of the repository by its path from there."""

    def read(name: str) -> str:
        for folder in Path(__file__).parents:
            if (folder / "packages/README.md").exists():
                return (folder / name).read_text(encoding="utf-8")
        pytest.skip("the documentation is not part of a source distribution")

    return read


class TimedBench:
    """A study of scheduled jobs that run until they are told to end."""

    def __init__(self, root: Any, jobs: int, plan: Any, run: Any) -> None:
        plans = [StepPlan("s", ["x"] * jobs, **{"resources": {"nodes": 1}, **plan})]
        self.root = make_workspace(root, plans, batch={"type": "scripted"}, run=run)
        self.time = Timeline()
        self.scheduler = WatchedScheduler(self.time)
        self.local = WatchedScheduler(self.time, name="local", slots=1, scheduled=False)
        self.disk = SmallDisk()

    def conduct(self, **options: Any) -> int:
        return conduct(
            self.root,
            scheduler_factory=lambda name, _options: (
                self.local if name == "local" else self.scheduler
            ),
            host=self.time.host(self.disk),
            **options,
        )

    def end_all(self) -> None:
        for job in self.scheduler.submitted:
            self.scheduler.say(job, **FINISHED)

    def gaps(self, since: float = 0.0) -> list[float]:
        """s between one poll and the next."""
        return [
            round(after - before, 3)
            for (before, _), (after, _) in pairwise(self.scheduler.polled)
            if after >= since
        ]

    def events(self, name: str = "study.log") -> list[dict[str, Any]]:
        lines = (self.root / "logs" / name).read_text().splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def timed(tmp_path) -> Callable[..., TimedBench]:
    """A study that a whole conductor runs, in a time of its own."""
    return lambda jobs=1, plan=None, **run: TimedBench(tmp_path, jobs, plan or {}, run)
