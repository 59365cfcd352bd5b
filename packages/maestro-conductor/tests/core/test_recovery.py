"""Would catch a second start of what a dead conductor left in flight."""

from __future__ import annotations

from maestro_conductor.core.events import (
    Found,
)
from maestro_conductor.core.instructions import Find
from maestro_conductor.core.machine import Machine
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def test_what_a_dead_conductor_left_is_looked_up_before_anything_starts(bench):
    b = bench(StepPlan("a", ["x"] * 2), StepPlan("s", resources=NODES), local_slots=1)
    b.answer("s", job="9", state="PENDING")
    heir = Machine(b.graph, b.state, local_slots=1)
    effects = heir.start(b.now)
    assert effects.instructions == [Find("local", [(0, 1, "m3f9a0c2d71e8.0.1")])]
    assert heir.queues["scheduled"].jobs == {"9": 2}
    heir.handle([Found("local", [(0, 1, {"job": "4711", "state": "RUNNING"})])], b.now)
    assert b.states() == {"a_N.0": "RUNNING", "a_N.1": "QUEUED", "s": "PENDING"}
