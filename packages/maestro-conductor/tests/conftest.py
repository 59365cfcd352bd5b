from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from maestro_conductor.composition import conduct
from maestro_conductor.graph_view import Graph
from maestro_conductor.journal import read_state
from maestro_conductor.states import NAMES
from maestro_conductor.study_state import StudyState
from maestro_conductor.testing import ScriptedScheduler

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
