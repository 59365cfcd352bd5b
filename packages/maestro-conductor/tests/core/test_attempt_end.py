"""Would catch descendants that run, fail or are cancelled where they must not."""

from __future__ import annotations

from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def test_descendants_run_where_failure_is_allowed(bench):
    b = bench(
        StepPlan("a", ["x"] * 2, failure={"allow_failure": True}),
        StepPlan("b", funnels=["a"]),
        local_slots=2,
    )
    b.run("a_N.0", 1)
    b.run("a_N.1", 0)
    assert b.submitted() == [("b", 1, "first", "main")]
    b.run("b")
    assert b.state.outcome == ("FAILED", 2)


def test_descendants_of_a_job_that_somebody_cancelled_are_cancelled(bench):
    b = bench(StepPlan("s", resources=NODES), StepPlan("b", needs=["s"]), StepPlan("c"))
    b.answer("s")
    b.poll("s", "CANCELLED")
    b.settle("s", "started")
    assert b.states() == {"s": "CANCELLED", "b": "CANCELLED", "c": "PENDING"}
    assert b.reason("b") == "after s was cancelled"
    b.run("c")
    assert b.state.outcome == ("CANCELLED", 3)
