"""Two instances that do the same and seem to differ, or do not and seem alike."""

from __future__ import annotations

from typing import Any

import pytest

from maestro_conductor.core.graph_outline import Outline, Outliner
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import GraphFile, read_graph


def outline(root: Any, *steps: StepPlan, **more: Any) -> Outline:
    make_workspace(root, steps, **more)
    outliner = Outliner(lambda text: text.replace(str(root), "HERE"), str(root))
    return outliner.finish(read_graph(root, visit=outliner.visit))


@pytest.fixture
def two(tmp_path):
    """The outlines of a step in two forms, each in a workspace of its own."""

    def two(one: StepPlan, other: StepPlan, **batch: Any) -> tuple[Outline, Outline]:
        return outline(tmp_path / "one", one), outline(tmp_path / "two", other, batch=batch)

    return two


def test_a_workspace_elsewhere_is_no_difference(tmp_path):
    made = [
        outline(
            tmp_path / name,
            StepPlan("a", [f"cat {tmp_path / name}/x"], restart=f"rm {tmp_path / name}/x"),
        )
        for name in ("one", "two")
    ]
    assert made[0].commands == made[1].commands
    assert made[0].restarts == made[1].restarts
    assert outline(tmp_path / "one", StepPlan("a", ["cat /x"])).commands != made[0].commands


def test_a_default_that_is_said_is_no_difference(two):
    one, other = two(
        StepPlan("a", resources={"procs": 2, "nodes": None, "allocation_args": {}}),
        StepPlan("a", resources={"procs": 2, "nodes": 3}),
        nodes=3,
    )
    assert one.resources != other.resources
    said, silent = two(StepPlan("a", resources={"procs": 2}), StepPlan("a", resources={"procs": 2}))
    assert said.resources == silent.resources


def test_what_the_batch_block_gives_counts_for_scheduled_steps_alone(two):
    one, other = two(StepPlan("a"), StepPlan("a"), gpus=4)
    assert one.resources == other.resources
    plan = StepPlan("a", resources={"procs": 1})
    one, other = two(plan, plan, gpus=4)
    assert one.resources != other.resources


def test_what_is_waited_for_is_taken_by_name(two):
    one, other = two(StepPlan("a", ["x"] * 2), StepPlan("a", ["x"] * 2, rows=[1, 0]))
    assert list(one.waits) == list(other.waits) == [0, 0]
    assert one.places[0] == other.places[1]


def test_each_rule_of_failure_counts(two):
    one, other = two(StepPlan("a"), StepPlan("a", failure={"success_codes": [0, 3]}))
    assert one.rules != other.rules
    assert one.commands == other.commands


def test_files_that_are_not_called_as_their_instance_are_known(tmp_path):
    graph = read_graph(make_workspace(tmp_path, [StepPlan("a", ["x", "y"])]))
    file = GraphFile(tmp_path, graph)
    outliner = Outliner(lambda text: text, "")
    outliner.visit(file.instance(0))
    outliner.visit({**file.instance(1), "script": "a_instance_1", "label": "a_instance_1"})
    file.close()
    assert outliner.finish(graph).stems == {1: ("a_instance_1", "a_instance_1")}
