"""An amendment of a study that runs: what it changes goes on meanwhile, or what it keeps does not."""

from __future__ import annotations

import json
import os
import signal

import attrs
import pytest

from maestro_conductor.journal import JournalReader, read_state
from maestro_conductor.testing.amended_world import AmendedWorld
from maestro_conductor.testing.changing_study import ChangingStep, ChangingStudy
from maestro_conductor.workspace.paths import JOURNAL

ONE, TWO = "0123456789ab", "ba9876543210"
STUDY = ChangingStudy([0, 1, 2], {"a": ChangingStep(), "b": ChangingStep(needs=("a",))})
EDITED = attrs.evolve(STUDY, steps={**STUDY.steps, "b": ChangingStep("y", needs=("a",))})
OTHER = attrs.evolve(STUDY, steps={**STUDY.steps, "a": ChangingStep("y")})


@pytest.fixture
def world(tmp_path):
    return AmendedWorld(tmp_path / "w", STUDY)


def amend(world, study, amendment=ONE, amends=None, **how):
    study.stage(world.root, amendment, amends)
    world.ask("amend", amendment=amendment, **how)


def told(world, event):
    """The reasons of an event in the log."""
    lines = (world.root / "logs/study.log").read_text().splitlines()
    return [line["reason"] for line in map(json.loads, lines) if line["event"] == event]


def test_what_is_kept_goes_on_and_what_is_changed_is_stopped(world):
    world.pool._lasts = 5.0
    world.time.at(1.2, lambda: amend(world, attrs.evolve(OTHER, rows=[1, 2])))
    assert world.run() == 0
    # Two slots: the first two of `a` ran, and both are other ones now, or gone.
    assert [(place, ended) for place, _, ended in world.pool.done if place == "a/N.0"] == [
        ("a/N.0", False)
    ]
    assert world.ends("a/N.1") == 1
    assert told(world, "study_amended") == ["kept 2, changed 2, again 0, new 0, gone 2"]


def test_a_kept_one_is_adopted_under_its_own_token(world):
    world.pool._lasts = 5.0
    world.time.at(1.2, lambda: amend(world, attrs.evolve(STUDY, rows=[7, 1, 0])))
    assert world.run() == 0
    assert [ended for place, _, ended in world.pool.done if place in ("a/N.0", "a/N.1")] == [
        True,
        True,
    ]
    tokens = [job["token"] for job in world.pool.submitted.values()]
    assert len({token.split(".")[0] for token in tokens}) == 2
    places = {(job["token"], job["request"]["workspace"]) for job in world.pool.submitted.values()}
    assert len(places) == len(set(tokens))


def test_nothing_is_submitted_while_what_changes_is_being_stopped(world):
    """A job that takes its time to end, as on a scheduler."""
    pool, ends = world.pool, []
    pool._lasts = 2.0

    def cancel(jobs):
        pool.cancelled += jobs
        ends.append((world.time.now, len(pool.submitted)))
        for job in jobs:
            world.time.at(world.time.now + 30, lambda job=job: pool.say(job, state="CANCELLED"))
        for job in jobs:
            pool.say(job, state="FINISHING")
        return {job: {"cancelled": True} for job in jobs}

    pool.cancel = cancel
    world.time.at(1.2, lambda: amend(world, OTHER))
    assert world.run() == 0
    asked, submitted = ends[0]
    assert min(pool.submissions[submitted:]) >= asked + 30
    assert world.ends("a/N.0") == 1


def test_a_cancel_while_it_waits_wins(world):
    pool = world.pool
    pool.cancel = lambda jobs: {job: {"cancelled": True} for job in jobs}
    pool._lasts = 20.0
    world.time.at(1.2, lambda: amend(world, OTHER))
    world.time.at(3.0, (world.root / ".cancel.lock").touch)
    assert world.run() == 3
    assert read_state(world.root)[0].amendment is None
    assert told(world, "request_rejected") == ["the study was cancelled meanwhile"]


def test_a_study_that_is_being_cancelled_is_not_amended_and_one_that_was_is(world):
    pool = world.pool
    pool._lasts = 20.0
    whole_cancel = pool.cancel
    pool.cancel = lambda jobs: {job: {"cancelled": True} for job in jobs}
    world.time.at(1.2, (world.root / ".cancel.lock").touch)
    world.time.at(3.0, lambda: amend(world, OTHER))
    assert world.run() == 3
    assert told(world, "request_rejected") == [
        "the study is being cancelled: amend it when it has ended"
    ]
    pool.cancel = whole_cancel
    amend(world, attrs.evolve(STUDY, rows=[0, 1, 2, 4]), TWO)
    pool._lasts = 1.0
    assert world.run() == 3
    # What was cancelled and has not changed stays so, until somebody resumes it.
    states = world.states()
    assert (states["a_N.4"], states["b_N.4"]) == ("FINISHED", "FINISHED")
    assert (states["a_N.2"], states["b_N.2"]) == ("CANCELLED", "CANCELLED")
    world.ask("resume", steps=None)
    assert world.run() == 0


def test_a_signal_while_it_waits_leaves_it_to_the_next_conductor(world):
    pool = world.pool
    pool._lasts = 5.0
    pool.cancel = lambda jobs: {job: {"cancelled": True} for job in jobs}
    world.time.at(1.2, lambda: amend(world, OTHER))
    world.time.at(2.0, lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert world.run() == 143
    assert read_state(world.root)[0].amendment is None
    assert world.run() == 0
    assert read_state(world.root)[0].amendment == ONE
    assert (world.root / "b/N.2/out.txt").read_text() == "x\n  y\n"


def test_a_second_one_while_the_first_waits_is_refused(world):
    world.pool._lasts = 5.0
    world.pool.cancel = lambda jobs: {job: {"cancelled": True} for job in jobs}
    world.time.at(1.2, lambda: amend(world, OTHER))
    world.time.at(2.0, lambda: amend(world, EDITED, TWO))
    assert world.run() == 0
    assert told(world, "request_rejected") == ["another amendment is being taken in just now"]
    assert read_state(world.root)[0].amendment == ONE


def test_a_torn_request_is_refused_in_the_end_and_the_study_goes_on(world):
    world.pool._lasts = 5.0
    OTHER.stage(world.root, ONE)

    def tear():
        folder = world.root / ".maestro/requests"
        folder.mkdir(exist_ok=True)
        (folder / "torn.json").write_text('{"request": "amend", "amendm')

    world.time.at(1.2, tear)
    assert world.run() == 0
    assert "no JSON" in told(world, "request_rejected")[0]
    assert read_state(world.root)[0].amendment is None


def test_only_new_lets_run_what_runs_in_its_earlier_form(world):
    world.pool._lasts = 5.0
    world.time.at(1.2, lambda: amend(world, attrs.evolve(OTHER, rows=[0, 1, 2, 3]), only_new=True))
    assert world.run() == 0
    assert [(world.root / f"a/N.{n}/out.txt").read_text() for n in range(4)] == [
        *("x\n", "x\n"),
        *("y\n", "y\n"),
    ]
    assert not [1 for *_, ended in world.pool.done if not ended]


def test_the_journal_goes_on_behind_the_frames_of_before(world):
    world.time.at(1.2, lambda: amend(world, EDITED))
    world.run()
    with JournalReader(world.root / JOURNAL) as reader:
        kinds = [record["kind"] for record in reader.read()]
        assert reader.header["amendment"] == ONE
        assert reader.header["first"] > 1
    assert kinds.count("amended") == 1
    assert kinds[-2:] == ["ended", "closed"]


def answers(world):
    folder = world.root / ".maestro/answers"
    return {path.name: json.loads(path.read_text()) for path in folder.iterdir()}


def test_whoever_asked_is_answered_when_it_is_amended(world):
    world.time.at(1.2, lambda: amend(world, EDITED))
    world.time.at(3.0, lambda: amend(world, OTHER, TWO))
    assert world.run() == 0
    first, second = answers(world)["1.json"], answers(world)["2.json"]
    assert first["accepted"]
    assert first["message"] == "kept 3, changed 3, again 0, new 0, gone 0"
    assert first["instances"] == 3
    assert not second["accepted"]
    assert "amended by somebody else" in second["message"]
    _, state = read_state(world.root)
    told = [(record["request"], record["accepted"]) for record in state.requests]
    assert told == [("amend", True), ("amend", False)]


def test_what_is_held_or_skipped_stays_so(world):
    world.ask("hold", steps=["b_N.0"])
    world.ask("skip", steps=["b_N.1"])
    world.time.at(2.5, lambda: amend(world, attrs.evolve(OTHER, rows=[5, 1, 0])))
    before: list[int] = []
    world.time.at(8.9, lambda: before.append(world.ends("b/N.5")))
    world.time.at(9.0, lambda: world.ask("release", steps=["b"]))
    assert world.run() == 0
    assert before == [0]  # held, as all was that could still start of its step
    assert world.states() == {
        **dict.fromkeys(["a_N.5", "a_N.1", "a_N.0", "b_N.5", "b_N.0"], "FINISHED"),
        "b_N.1": "SKIPPED",
    }
    assert world.ends("b/N.5") == world.ends("b/N.0") == 1
    assert world.ends("b/N.1") == 0
