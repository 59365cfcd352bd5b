"""Would catch a compact journal that says less than the long one."""

from __future__ import annotations

from random import Random

import pytest

from maestro_conductor.core.events import CancelAsked
from maestro_conductor.journal import compact
from maestro_conductor.model.settings import Settings
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.testing.world import World
from maestro_conductor.workspace.graph_file import read_graph


@pytest.mark.parametrize("seed", range(6))
def test_a_compact_journal_says_the_same(tmp_path, seed, read_all):
    plans = [
        StepPlan("a", ["x"] * 3, restart="again", failure={"retries": 2, "retry_pause": 10}),
        StepPlan("b", ["x"] * 3, needs=["a"], resources={"nodes": 1}),
        StepPlan("c", funnels=["b"]),
    ]
    graph = read_graph(make_workspace(tmp_path, plans, batch={"type": "scripted"}))
    world = World(graph, Random(seed), Settings(attempts=2))  # noqa: S311
    world.handle()
    path = tmp_path / "compacted"
    for step in range(120):
        world.step()
        if step == 100 and seed % 2:
            world.handle(CancelAsked())
        state = world.machine.state
        path.touch()
        compact(path, state, 77, 5)
        kept, world.journal = world.journal, read_all(path)
        world.compare()
        world.journal = kept
