"""A plan of what is no longer so, or one for which everything is read twice."""

from __future__ import annotations

import attrs
import pytest

from maestro_conductor.app.amend import take_in
from maestro_conductor.app.amend_planning import Planning
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal import read_state
from maestro_conductor.testing.amended_world import AmendedWorld
from maestro_conductor.testing.changing_study import ChangingStep, ChangingStudy
from maestro_conductor.workspace.paths import GRAPH

ONE, TWO = "0123456789ab", "ba9876543210"
STUDY = ChangingStudy([0, 1], {"a": ChangingStep(), "b": ChangingStep(needs=("a",))})
WIDER = attrs.evolve(STUDY, rows=[0, 1, 2])
EDITED = attrs.evolve(STUDY, steps={**STUDY.steps, "b": ChangingStep("y", needs=("a",))})


@pytest.fixture
def world(tmp_path):
    return AmendedWorld(tmp_path / "w", STUDY)


def planned(world, study, amendment=ONE):
    """What was read for the plan of an amendment that is asked for afterwards."""
    planning = Planning(world.root)
    planning.plan(study.stage(world.root, amendment))
    world.ask("amend", amendment=amendment)
    return planning


def test_the_plan_changes_nothing(world):
    world.run()
    folder = EDITED.stage(world.root, ONE)
    planning = Planning(world.root)
    plan = planning.plan(folder.rename(folder.with_name(".x.tmp")))
    assert plan.counts == {"kept": 2, "changed": 2, "again": 0, "new": 0, "gone": 0}
    assert read_state(world.root)[0].amendment is None
    plan = planning.plan(folder.with_name(".x.tmp"), only_new=True)
    assert plan.counts == {"kept": 4, "changed": 0, "again": 0, "new": 0, "gone": 0}


def test_what_was_read_for_the_plan_is_not_read_again(world):
    world.run()
    planning = planned(world, EDITED)
    (world.root / GRAPH).write_bytes(b"nobody reads this any more")
    assert take_in(world.root, planning=planning)
    assert world.run() == 0
    assert {place: world.ends(place) for place in ("a/N.0", "b/N.0")} == {"a/N.0": 1, "b/N.0": 2}


def test_what_ran_since_the_plan_is_not_forgotten(world):
    planning = planned(world, WIDER)
    (world.root / ".maestro/requests/1.json").rename(world.root / "later")
    assert world.run() == 0
    (world.root / "later").rename(world.root / ".maestro/requests/1.json")
    assert take_in(world.root, planning=planning)
    assert world.states()["b_N.1"] == "FINISHED"
    assert world.run() == 0
    assert [world.ends(f"a/N.{row}") for row in WIDER.rows] == [1, 1, 1]


def test_an_amendment_since_the_plan_counts(world):
    world.run()
    planning = Planning(world.root)
    planning.plan(EDITED.stage(world.root, ONE))
    WIDER.stage(world.root, TWO)
    world.ask("amend", amendment=TWO)
    assert take_in(world.root)
    world.ask("amend", amendment=ONE)
    with pytest.raises(WorkspaceError, match="amended by somebody else"):
        take_in(world.root, planning=planning)
    assert read_state(world.root)[0].amendment == TWO


def test_a_refused_request_before_it_costs_nothing_but_a_second_look(world):
    world.run()
    world.ask("amend", amendment=TWO)
    planning = planned(world, EDITED)
    with pytest.raises(WorkspaceError, match="holds no study"):
        take_in(world.root, planning=planning)
    assert read_state(world.root)[0].amendment == ONE
    assert world.run() == 0
    assert world.ends("b/N.1") == 2
