"""A difference between two graphs that is not told, or told of the wrong instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from maestro_conductor.core.graph_difference import DIFFERENCES, Difference, compare
from maestro_conductor.core.graph_outline import Outline, Outliner
from maestro_conductor.core.study_state import NONE
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import read_graph


def outline(root: Any, steps: Sequence[StepPlan], batch: Any) -> Outline:
    make_workspace(root, steps, batch=batch)
    outliner = Outliner(lambda text: text, "")
    return outliner.finish(read_graph(root, visit=outliner.visit))


@pytest.fixture
def differ(tmp_path):
    def differ(
        before: Sequence[StepPlan], after: Sequence[StepPlan], *batches: Any
    ) -> dict[str, tuple[str, ...]]:
        """What is another than before, by name."""
        found = difference(before, after, *batches)
        return {found.new.names[j]: words for j, words in found.differs.items()}

    def difference(
        before: Sequence[StepPlan], after: Sequence[StepPlan], old: Any = None, new: Any = None
    ) -> Difference:
        return compare(
            outline(tmp_path / "old", before, old), outline(tmp_path / "new", after, new)
        )

    differ.whole = difference
    return differ


def test_other_results_are_no_difference_of_what_an_instance_does(differ):
    before = [StepPlan("a", ["x", "y"], results=[{"file": "e"}]), StepPlan("b")]
    after = [
        StepPlan("a", ["x", "y"], results=[{"file": "{N}", "required": True}]),
        StepPlan("b", results=[{"file": "e"}]),
    ]
    assert differ(before, after) == {}


@pytest.mark.parametrize(
    ("after", "word"),
    [
        (StepPlan("a", ["y"]), "cmd"),
        (StepPlan("a", ["x"], restart="z"), "restart"),
        (StepPlan("a", ["x"], resources={"cores_per_task": 2}), "resources"),
        (StepPlan("a", ["x"], failure={"retries": 1}), "failure"),
    ],
)
def test_each_part_has_its_word(differ, after, word):
    assert differ([StepPlan("a", ["x"])], [after]) == {"a": (word,)}
    assert word in DIFFERENCES


def test_shell_and_adapter(differ):
    steps = [StepPlan("a"), StepPlan("s", resources={"procs": 1})]
    found = differ(steps, steps, {"shell": "/bin/sh"}, {"shell": "/bin/bash"})
    assert found == {"a": ("shell",), "s": ("shell",)}
    found = differ(steps, steps, {"type": "slurm"}, {"type": "lsf"})
    assert found == {"s": ("scheduler",)}


def test_rows_come_go_and_change_places(differ):
    before = [StepPlan("a", ["x 0", "x 1", "x 2"]), StepPlan("b", ["y"] * 3, needs=["a"])]
    after = [
        StepPlan("a", ["x 2", "x 7", "x 0"], rows=[2, 7, 0]),
        StepPlan("b", ["y"] * 3, needs=["a"], rows=[2, 7, 0]),
    ]
    found = differ.whole(before, after)
    assert found.differs == {}
    assert list(found.origin) == [2, NONE, 0, 5, NONE, 3]
    assert [found.old.names[i] for i in found.gone] == ["a_N.1", "b_N.1"]


def test_another_edge_is_one_and_a_new_instance_at_its_end_is_none(differ):
    before = [StepPlan("a"), StepPlan("b"), StepPlan("c", needs=["a"])]
    assert differ(before, [*before[:2], StepPlan("c", needs=["b"])]) == {"c": ("depends",)}
    assert differ(before, [*before[:2], StepPlan("c", needs=["a", "b"])]) == {"c": ("depends",)}
    assert differ(before, [*before[:2], StepPlan("c")]) == {"c": ("depends",)}
    added = [*before[:2], StepPlan("new"), StepPlan("c", needs=["a", "new"])]
    assert differ(before, added) == {}


@pytest.mark.parametrize("groups", [True, False])
def test_a_funnel_over_more_is_the_same_and_over_fewer_is_not(differ, groups):
    def study(rows):
        wide = StepPlan("a", [f"x {row}" for row in rows], rows=rows)
        return [wide, StepPlan("all", ["y"], funnels=["a"], groups=groups)]

    assert differ(study([0, 1]), study([0, 1, 2])) == {}
    assert differ(study([0, 1]), study([1])) == {"all": ("depends",)}
    assert differ(study([0, 1]), [StepPlan("all", ["y"])]) == {"all": ("depends",)}


def test_the_same_name_in_another_place(differ):
    found = differ.whole([StepPlan("a"), StepPlan("b", ["x"] * 2)], [StepPlan("b", ["x"] * 2)])
    assert found.differs == {}
    assert list(found.origin) == [1, 2]
