"""Would catch a step that starts before what it waits for, or later than it may."""

from __future__ import annotations

from maestro_conductor.testing import StepPlan


def test_a_successor_is_submitted_the_moment_its_need_ends(bench):
    b = bench(StepPlan("a"), StepPlan("b", needs=["a"]))
    b.answer("a")
    b.poll("a", "FINISHED", 0)
    assert b.submitted() == [("b", 1, "first", "main")]


def test_a_funnel_waits_for_all(bench):
    b = bench(StepPlan("a", ["x"] * 3), StepPlan("b", funnels=["a"]), local_slots=3)
    b.run("a_N.0")
    b.run("a_N.2")
    assert b.states()["b"] == "INITIALIZED"
    b.run("a_N.1")
    assert b.submitted() == [("b", 1, "first", "main")]
