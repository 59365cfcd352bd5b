"""An amendment of a study that nobody runs: lost, done twice, done to another study, or begun by itself."""

from __future__ import annotations

import json

import attrs
import pytest

from maestro_conductor.app.amend import take_in
from maestro_conductor.app.amend_planning import Planning
from maestro_conductor.errors import HeldError, WorkspaceError
from maestro_conductor.journal import JournalReader, read_state
from maestro_conductor.testing.amended_world import AmendedWorld
from maestro_conductor.testing.changing_study import ChangingStep, ChangingStudy
from maestro_conductor.testing.death import Death, MortalDisk
from maestro_conductor.workspace.conductor_lock import hold
from maestro_conductor.workspace.paths import GRAPH, JOURNAL

ONE, TWO = "0123456789ab", "ba9876543210"
STUDY = ChangingStudy(
    [0, 1],
    {
        "a": ChangingStep(),
        "b": ChangingStep(needs=("a",)),
        "all": ChangingStep(wide=False, needs=("b",)),
    },
)
WIDER = attrs.evolve(STUDY, rows=[0, 1, 2])
EDITED = attrs.evolve(STUDY, steps={**STUDY.steps, "b": ChangingStep("y", needs=("a",))})


@pytest.fixture
def world(tmp_path):
    return AmendedWorld(tmp_path / "w", STUDY)


def amend(world, study, amendment=ONE, amends=None, **how):
    study.stage(world.root, amendment, amends)
    world.ask("amend", amendment=amendment, **how)


def records_of(world):
    with JournalReader(world.root / JOURNAL) as reader:
        return list(reader.read())


def starts(world):
    return [(place, command) for place, command, _ in world.pool.done]


def test_an_ended_study_goes_on_in_its_new_form(world):
    assert world.run() == 0
    amend(world, WIDER)
    assert take_in(world.root)
    assert world.states() == {
        **dict.fromkeys(["a_N.0", "a_N.1", "b_N.0", "b_N.1"], "FINISHED"),
        **dict.fromkeys(["b_N.2", "all"], "INITIALIZED"),
        "a_N.2": "QUEUED",
    }
    assert not (world.root / ".maestro/amendments" / ONE).exists()
    assert list((world.root / ".maestro/claimed").iterdir()) == []
    before = len(starts(world))
    assert world.run() == 0
    assert [place for place, _ in starts(world)[before:]] == ["a/N.2", "b/N.2", "all"]


def test_a_study_that_was_never_started(world):
    amend(world, EDITED)
    assert take_in(world.root)
    assert world.run() == 0
    assert ("b/N.0", "make y from a/N.0") in starts(world)
    _, state = read_state(world.root)
    assert [record["changed"] for record in state.amended] == [2]


def test_one_amendment_after_the_other(world):
    world.run()
    amend(world, WIDER)
    assert take_in(world.root)
    amend(world, attrs.evolve(EDITED, rows=[1, 2]), TWO, ONE)
    assert take_in(world.root)
    assert world.run() == 0
    _, state = read_state(world.root)
    assert [record["amendment"] for record in state.amended] == [ONE, TWO]
    assert world.ends("a/N.1") == 1
    assert (world.root / "b/N.0/out.txt").exists()


def test_the_same_one_twice_is_done_once(world):
    world.run()
    amend(world, EDITED)
    world.ask("amend", amendment=ONE)
    assert take_in(world.root)
    world.ask("amend", amendment=ONE)
    assert take_in(world.root)
    assert len(read_state(world.root)[1].amended) == 1
    world.ask("amend", amendment=ONE)
    assert world.run() == 0
    assert len(read_state(world.root)[1].amended) == 1


def test_one_that_was_made_from_a_form_that_is_gone_is_refused(world):
    world.run()
    amend(world, EDITED)
    amend(world, WIDER, TWO)
    with pytest.raises(WorkspaceError, match="amended by somebody else"):
        take_in(world.root)
    assert read_state(world.root)[0].amendment == ONE
    with pytest.raises(WorkspaceError, match="amended by somebody else"):
        Planning(world.root).plan(WIDER.stage(world.root, TWO))


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"amendment": TWO}, "holds no study"),
        ({"amendment": "../../x"}, "not 12 hexadecimal digits"),
        ({}, "not 12 hexadecimal digits"),
        ({"amendment": ONE, "only_new": "yes"}, "`only_new` is 'yes', not true or false"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_and_the_study_stays(world, request_, reason):
    world.run()
    EDITED.stage(world.root, ONE)
    world.ask("amend", **request_)
    before = (world.root / GRAPH).read_bytes()
    with pytest.raises(WorkspaceError, match=reason):
        take_in(world.root)
    assert (world.root / GRAPH).read_bytes() == before
    _, state = read_state(world.root)
    assert (state.amended, state.outcome) == ([], ("FINISHED", 0))
    answer = json.loads((world.root / ".maestro/answers/1.json").read_text())
    assert answer["accepted"] is False
    (kept,) = (world.root / ".maestro/claimed").iterdir()
    assert kept.name.endswith(".bad")


def test_what_is_in_flight_is_left_to_a_conductor(world):
    world.time.at(0.7, world.die)
    assert world.run() is None
    assert "RUNNING" in world.states().values()
    amend(world, attrs.evolve(STUDY, steps={**STUDY.steps, "a": ChangingStep("y")}))
    assert not take_in(world.root)
    assert read_state(world.root)[0].amendment is None
    assert world.run() == 0
    assert read_state(world.root)[0].amendment == ONE
    assert (world.root / "a/N.0/out.txt").read_text() == "y\n"


def test_what_is_in_flight_and_kept_is_no_hindrance(world):
    world.time.at(0.7, world.die)
    assert world.run() is None
    amend(world, EDITED)
    assert take_in(world.root)
    assert world.run() == 0
    assert world.ends("a/N.0") == 1
    assert all(ended for *_, ended in world.pool.done)


def test_requests_keep_their_order(world):
    world.run()
    world.ask("resume", steps=["a"])
    amend(world, EDITED)
    assert not take_in(world.root)
    assert world.run() == 0
    assert world.ends("a/N.0") == 2
    assert read_state(world.root)[0].amendment == ONE


def test_a_live_conductor_takes_them_in_itself(world):
    amend(world, EDITED)
    with hold(world.root), pytest.raises(HeldError, match="another conductor holds"):
        take_in(world.root)
    assert take_in(world.root)


def test_a_study_that_nobody_runs_says_so_from_the_moment_in_which_it_is_amended(world):
    world.time.at(0.7, world.die)
    assert world.run() is None
    amend(world, WIDER)
    assert take_in(world.root)
    kinds = [record["kind"] for record in records_of(world)]
    assert kinds[-2:] == ["amended", "closed"]
    assert read_state(world.root)[1].closed == "amended"


def test_whoever_takes_it_in_dies_at_each_of_its_operations(tmp_path):
    """And the next one finds the old study or the new one, whole, and goes on."""
    found, last = [], 1
    while not found or found[-1] != "lives":
        world = AmendedWorld(tmp_path / str(last), STUDY)
        world.run()
        amend(world, attrs.evolve(EDITED, rows=[1, 2]))
        disk = MortalDisk(world.root, last)
        try:
            with disk.mortal():
                take_in(world.root, world.time.host(disk))
            found.append("lives")
        except Death:
            found.append("old" if read_state(world.root)[0].amendment is None else "new")
        graph, state = read_state(world.root)
        assert len(state) == len(graph.names)
        assert bool(state.amended) == (graph.amendment == ONE)
        assert take_in(world.root)
        assert len(read_state(world.root)[1].amended) == 1
        assert world.run() == 0
        assert [world.ends(place) for place in ("a/N.1", "a/N.2", "b/N.1", "all")] == [1, 1, 2, 2]
        last += 1
    # Once it is amended it stays so.
    assert found == sorted(found, key=["old", "new", "lives"].index)
    assert found.count("old") > 5
    assert found.count("new") > 5
