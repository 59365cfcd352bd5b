"""Would catch a job that goes on after its study was cancelled, or a step that is lost with its conductor."""

from __future__ import annotations

from maestro_conductor.core.events import (
    CancelAsked,
    Closing,
)
from maestro_conductor.core.instructions import Cancel
from maestro_conductor.model.settings import Settings
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def test_cancel_ends_everything(bench):
    b = bench(
        StepPlan("s", ["x"] * 3, resources=NODES),
        StepPlan("a", ["x"] * 2),
        StepPlan("b", funnels=["a"]),
        limits=Settings(throttle=4),
        local_slots=1,
    )
    b.answer("s_N.0", job="1", state="RUNNING")
    b.answer("a_N.0", job="2", state="RUNNING")
    instructions = b.handle(CancelAsked())
    assert instructions == [Cancel("scheduled", ["1"]), Cancel("local", ["2"])] or instructions == [
        Cancel("local", ["2"]),
        Cancel("scheduled", ["1"]),
    ]
    assert b.states()["b"] == b.states()["a_N.1"] == "CANCELLED"
    assert b.answer("s_N.1", job="3", state="PENDING") == [Cancel("scheduled", ["3"])]
    b.answer("s_N.2", error="no such account")
    b.poll("a_N.0", "FAILED", 1)
    b.end("s_N.0")
    b.poll("s_N.1", "CANCELLED")
    b.settle("s_N.1", "void")
    assert b.states() == {
        "s_N.0": "FINISHED", "s_N.1": "CANCELLED", "s_N.2": "CANCELLED",
        "a_N.0": "CANCELLED", "a_N.1": "CANCELLED", "b": "CANCELLED",
    }  # fmt: skip
    assert b.state.outcome == ("CANCELLED", 3)


def test_local_steps_that_are_stopped_with_the_conductor_run_again_later(bench):
    b = bench(StepPlan("a"), StepPlan("b", needs=["a"]))
    b.answer("a")
    assert b.handle(Closing(stop_local=True)) == [Cancel("local", ["j1"])]
    b.poll("a", "CANCELLED", 143)
    assert b.states() == {"a": "QUEUED", "b": "INITIALIZED"}
    assert b.reason("a") == "stopped together with the conductor"
    assert not b.submitted()
