"""Would catch slots that are overfilled, left empty, or never free for a big job."""

from __future__ import annotations

from maestro_conductor.testing import StepPlan


def test_slots_are_filled_by_weight_and_a_big_job_is_not_passed_by(bench):
    weights = {0: 1, 1: 3, 2: 1}
    b = bench(StepPlan("a", ["x"] * 3), local_slots=3, weigh=weights.__getitem__)
    assert b.states() == {"a_N.0": "PENDING", "a_N.1": "QUEUED", "a_N.2": "QUEUED"}
    b.run("a_N.0")
    assert b.submitted() == [("a_N.1", 1, "first", "main")]
    b.run("a_N.1")
    assert b.submitted() == [("a_N.2", 1, "first", "main")]


def test_a_job_that_needs_more_slots_than_there_are_has_them_all(bench):
    b = bench(StepPlan("a", ["x"] * 2), local_slots=2, weigh=lambda _i: 8)
    assert b.state.in_flight() == 1
    b.run("a_N.0")
    assert b.submitted() == [("a_N.1", 1, "first", "main")]
