"""A study of three local steps in a row, and what its parts share."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from maestro_conductor.core.events import Answers, Found
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.model.settings import Settings
from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.testing import ManualClock, SmallDisk, StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import read_graph
from maestro_conductor.workspace.paths import JOURNAL

STUDY_ID = "3f9a0c2d71e8"


class FakeBackend:
    """Remembers what is asked of it; gives the answers that a test sets."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.calls: list[tuple[str, Any]] = []
        self.submitted: Answers | None = None
        self.waiting: list[tuple[int, int]] = []
        self.trouble: str | None = None
        self.before_submit: Callable[[], None] = lambda: None

    def submit(self, jobs: Any) -> Answers | None:
        self.before_submit()
        self.calls.append(("submit", list(jobs)))
        return self.submitted

    def cancel(self, jobs: Any) -> None:
        self.calls.append(("cancel", list(jobs)))

    def find(self, jobs: Any) -> Found:
        self.calls.append(("find", list(jobs)))
        return Found(self.queue, [(i, attempt, {"absent": True}) for i, attempt, _ in jobs])

    def withdraw(
        self, reason: str, most: int | None = None, only: Collection[int] | None = None
    ) -> Answers | None:
        self.calls.append(("withdraw", most))
        fit = [row for row in self.waiting if only is None or row[0] in only]
        gone = fit if most is None else fit[max(0, len(fit) - most) :]
        self.waiting = [row for row in self.waiting if row not in gone]
        answer = {"error": reason, "transient": True, "withdrawn": True}
        return Answers(self.queue, [(*row, answer) for row in gone]) if gone else None

    def resize(self, slots: int) -> None:
        self.calls.append(("resize", slots))

    def file_trouble(self, _answers: Answers) -> str | None:
        return self.trouble


class Shell:
    """The parts that others are tested with; all of them real, in a time of its own."""

    def __init__(self, root: Path, plans: list[StepPlan]) -> None:
        self.root = make_workspace(root, plans, run={"study_id": STUDY_ID})
        self.clock = ManualClock()
        self.disk = SmallDisk()
        self.log_file = LogFile(root / "study.log", disk=self.disk)
        graph = read_graph(root)
        self.context = RunContext(root, graph, self.clock, StudyLog(self.log_file, 0, "study", ""))
        self.state = StudyState(len(graph), STUDY_ID, Settings())
        self.machine = Machine(graph, self.state)
        self.journal = JournalWriter.create(root / JOURNAL, STUDY_ID, len(graph), self.disk)
        self.local = FakeBackend("local")

    def events(self) -> list[dict[str, Any]]:
        """What was logged."""
        self.log_file.flush()
        path = self.root / "study.log"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def names(self) -> list[str]:
        """The events that were logged."""
        return [line["event"] for line in self.events()]


@pytest.fixture
def make_shell(tmp_path: Path) -> Callable[..., Shell]:
    return lambda *plans: Shell(tmp_path, list(plans))


@pytest.fixture
def shell(make_shell: Callable[..., Shell]) -> Shell:
    return make_shell(StepPlan("a"), StepPlan("b", needs=["a"]), StepPlan("c", needs=["b"]))


@pytest.fixture
def make_backend() -> Callable[[str], FakeBackend]:
    return FakeBackend
