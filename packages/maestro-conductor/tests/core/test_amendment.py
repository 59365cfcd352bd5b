"""A plan that keeps what must run again, runs what has not changed, or miscounts what is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from maestro_conductor.core.amendment import AmendPlan, by_step, make_plan
from maestro_conductor.core.graph_difference import compare
from maestro_conductor.core.graph_outline import Outliner
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.model import records
from maestro_conductor.model.records import StateRow
from maestro_conductor.model.states import CODES
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import read_graph

CHAIN = [StepPlan("a", ["x"]), StepPlan("b", ["x"], needs=["a"]), StepPlan("c", ["x"], needs=["b"])]
EDITED = [StepPlan("a", ["edited"]), *CHAIN[1:]]


@pytest.fixture
def plan(tmp_path):
    """Plans an amendment of a study whose instances are in the given states."""

    def outline(name: str, steps: Sequence[StepPlan]) -> Any:
        outliner = Outliner(lambda text: text, "")
        root = make_workspace(tmp_path / name, steps)
        return outliner.finish(read_graph(root, visit=outliner.visit))

    def plan(
        before: Sequence[StepPlan],
        states: str,
        after: Sequence[StepPlan],
        held: Sequence[int] = (),
        **how: Any,
    ) -> Any:
        difference = compare(outline("old", before), outline("new", after))
        state = StudyState(len(difference.old), "3f9a0c2d71e8")
        for i, name in enumerate(states.split()):
            if CODES[name] not in (CODES["INITIALIZED"], CODES["QUEUED"]):
                state.apply(records.intent(1, [records.IntentRow(i, 1, "t", "first", "main")]))
            state.apply(records.state(1, [StateRow(i, 1, name, 1)]))
        state.apply(records.held(1, held))
        return make_plan(difference, state, **how)

    return plan


def names(plan: AmendPlan) -> dict[str, list[str]]:
    lists = ("changed", "again", "new", "gone", "left", "stopped")
    found = {name: [each.name for each in getattr(plan, name)] for name in lists}
    return {name: there for name, there in found.items() if there}


def test_nothing_differs(plan):
    made = plan(CHAIN, "FINISHED FINISHED RUNNING", CHAIN)
    assert names(made) == {}
    assert made.counts == {"kept": 3, "changed": 0, "again": 0, "new": 0, "gone": 0}


def test_what_comes_after_a_changed_one_runs_again_if_it_has_begun(plan):
    made = plan(CHAIN, "FINISHED FINISHED INITIALIZED", EDITED)
    assert names(made) == {"changed": ["a"], "again": ["b"]}
    assert made.kept == 1
    assert [each.name for each in made.lost] == ["a", "b"]
    assert made.changed[0].differs == ("cmd",)
    assert (made.changed[0].state, made.changed[0].workspace) == ("FINISHED", "a")


def test_what_comes_after_one_that_has_not_begun_runs_again_too(plan):
    """It finished after a failure that is allowed no longer, say."""
    made = plan(CHAIN, "FINISHED INITIALIZED FINISHED", EDITED)
    assert names(made) == {"changed": ["a"], "again": ["c"]}


@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "UNKNOWN"])
def test_what_is_in_flight_is_stopped_first(plan, state):
    made = plan(CHAIN, f"FINISHED FINISHED {state}", EDITED)
    assert names(made)["stopped"] == ["c"]
    assert made.to_stop == {2}
    kept = plan(CHAIN, f"FINISHED FINISHED {state}", [*CHAIN, StepPlan("new", needs=["c"])])
    assert names(kept) == {"new": ["new"]}
    assert kept.to_stop == set()


def test_descendants_that_have_finished_are_left_on_demand_and_others_are_not(plan):
    made = plan(CHAIN, "FINISHED FINISHED FAILED", EDITED, descendants=False)
    assert names(made) == {"changed": ["a"], "left": ["b"]}
    assert made.kept == 2
    made = plan(CHAIN, "FINISHED FAILED FAILED", EDITED, descendants=False)
    assert names(made) == {"changed": ["a"], "again": ["b", "c"]}


def test_only_new_leaves_what_has_begun(plan):
    after = [*EDITED[:2], StepPlan("c", ["edited"], needs=["b"]), StepPlan("new", needs=["a"])]
    made = plan(CHAIN, "FINISHED FINISHED INITIALIZED", after, only_new=True)
    assert names(made) == {"changed": ["c"], "new": ["new"], "left": ["a"]}
    assert made.lost == []
    assert not any(made.anew[:2])


def test_a_funnel_runs_again_for_a_new_row(plan):
    def study(rows):
        wide = StepPlan("a", ["x"] * len(rows), rows=rows)
        return [wide, StepPlan("all", ["y"], funnels=["a"]), StepPlan("last", needs=["all"])]

    made = plan(study([0, 1]), "FINISHED FINISHED FINISHED FINISHED", study([0, 9, 1]))
    assert names(made) == {"again": ["all", "last"], "new": ["a_N.9"]}
    assert by_step(made.again) == {"all": 1, "last": 1}
    left = plan(
        study([0, 1]), "FINISHED FINISHED FINISHED FINISHED", study([0, 9, 1]), descendants=False
    )
    assert names(left) == {"new": ["a_N.9"], "left": ["all"]}


def test_gone_ones_are_told_with_their_folders(plan):
    made = plan(CHAIN, "FINISHED FAILED FAILED", CHAIN[:1])
    assert [(each.name, each.workspace, each.state) for each in made.gone] == [
        ("b", "b", "FAILED"),
        ("c", "c", "FAILED"),
    ]
    assert made.renamed == []
    running = plan(CHAIN, "FINISHED FINISHED RUNNING", CHAIN[:1])
    assert [each.name for each in running.stopped] == ["c"]


def test_a_step_with_another_parameter_is_renamed(plan):
    made = plan(CHAIN, "FINISHED FINISHED FINISHED", [StepPlan("a", ["x"], rows=[3]), *CHAIN[1:]])
    assert made.renamed == ["a"]
    assert names(made)["gone"] == ["a"]
    assert names(made)["changed"] == ["b"]


def test_one_that_failed_and_has_not_changed_stays_failed(plan):
    after = [CHAIN[0], CHAIN[1], StepPlan("c", ["edited"], needs=["b"])]
    made = plan(CHAIN, "FINISHED FAILED FAILED", after)
    assert names(made) == {"changed": ["c"]}


@pytest.mark.parametrize(
    ("states", "held", "expected"),
    [
        ("QUEUED QUEUED", [0, 1], ["a_N.2"]),
        ("FINISHED QUEUED", [1], ["a_N.2"]),
        ("RUNNING QUEUED", [1], ["a_N.2"]),
        ("QUEUED QUEUED", [1], []),
        ("QUEUED QUEUED", [], []),
    ],
)
def test_a_new_instance_is_held_with_the_rest_of_its_step(plan, states, held, expected):
    after = [StepPlan("a", ["x", "x", "x"]), StepPlan("b", ["x", "x"])]
    made = plan([StepPlan("a", ["x", "x"])], states, after, held=held)
    assert [each.name for each in made.new] == ["a_N.2", "b_N.0", "b_N.1"]
    assert [each.name for each in made.held_new] == expected
