"""Would catch a resume that runs too much, too little, or what is running."""

from __future__ import annotations

import pytest

from maestro_conductor.core.events import (
    ResumeAsked,
)
from maestro_conductor.core.resume_selection import select
from maestro_conductor.model.settings import Settings
from maestro_conductor.model.states import CODES
from maestro_conductor.testing import StepPlan


def test_resume_runs_what_went_wrong_and_never_what_finished(bench):
    b = bench(StepPlan("good"), StepPlan("bad"), StepPlan("after", needs=["bad"]), local_slots=2)
    b.run("good")
    b.run("bad", 1)
    assert b.state.outcome == ("FAILED", 2)
    b.handle(ResumeAsked(select(b.graph, b.state, None)))
    assert b.submitted() == [("bad", 2, "resume", "main")]
    assert b.states() == {"good": "FINISHED", "bad": "PENDING", "after": "INITIALIZED"}
    b.run("bad")
    b.run("after")
    assert b.state.outcome == ("FINISHED", 0)


@pytest.mark.parametrize("word", ["FAILED", "TIMEDOUT", "HWFAILURE", "CANCELLED", "DRYRUN"])
def test_each_bad_end_is_resumed(bench, word):
    b = bench(StepPlan("a", ["x"] * 3))
    b.state.state[:] = bytes([CODES["FINISHED"], CODES[word], CODES["FINISHED"]])
    assert select(b.graph, b.state, None) == [1]


def test_a_part_of_a_dry_study_brings_what_stands_before_it(bench):
    b = bench(StepPlan("a"), StepPlan("b", needs=["a"]))
    b.state.state[:] = bytes([CODES["DRYRUN"]] * 2)
    assert select(b.graph, b.state, ["b"]) == [0, 1]


def test_what_an_allowed_failure_let_through_waits_for_its_rerun(bench):
    b = bench(
        StepPlan("a", failure={"allow_failure": True}),
        StepPlan("b", ["x"] * 3, needs=["a"]),
        limits=Settings(throttle=1),
    )
    b.run("a", 1)
    b.answer("b_N.0")
    with pytest.raises(ValueError, match=r"b_N\.0 is running; cancel it first, or wait for it"):
        select(b.graph, b.state, None)
    b.end("b_N.0")
    b.answer("b_N.1")
    b.end("b_N.1")
    b.answer("b_N.2", error="no room", transient=True)
    b.handle(ResumeAsked(select(b.graph, b.state, None)))
    b.clock.advance(1.1)
    b.handle()
    assert b.submitted() == [("a", 2, "resume", "main")]
    assert b.states() == {
        "a": "PENDING",
        "b_N.0": "FINISHED",
        "b_N.1": "FINISHED",
        "b_N.2": "INITIALIZED",
    }


def test_named_steps_run_again_with_their_descendants(bench):
    b = bench(StepPlan("a", ["x"] * 2), StepPlan("b", ["x"] * 2, needs=["a"]), local_slots=2)
    for name in ("a_N.0", "a_N.1", "b_N.0", "b_N.1"):
        b.run(name)
    assert [b.graph.names[i] for i in select(b.graph, b.state, ["a_N.1"])] == ["a_N.1", "b_N.1"]
    assert len(select(b.graph, b.state, ["b"])) == 2
    assert len(select(b.graph, b.state, ["*_N.0"])) == 2
    with pytest.raises(ValueError, match="no step or instance is called nobody"):
        select(b.graph, b.state, ["nobody"])
    b.handle(ResumeAsked(select(b.graph, b.state, ["a_N.1"])))
    assert b.states()["b_N.1"] == "INITIALIZED"
    with pytest.raises(ValueError, match=r"a_N\.1 is running"):
        select(b.graph, b.state, ["a_N.1"])
