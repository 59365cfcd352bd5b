"""Would catch more, or fewer, jobs in flight than the throttle says."""

from __future__ import annotations

from maestro_conductor.model.settings import Settings, SettingsChange
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def test_throttle_bounds_what_is_in_flight_in_both_queues_together(bench):
    b = bench(
        StepPlan("a", ["x"] * 5),
        StepPlan("s", ["x"] * 5, resources=NODES),
        limits=Settings(throttle=4),
        local_slots=3,
    )
    assert b.state.in_flight() == 4
    assert [name for name, state in b.states().items() if state == "PENDING"] == [
        "a_N.0", "a_N.1", "a_N.2", "s_N.0",
    ]  # fmt: skip


def test_throttle_0_is_no_limit_and_an_update_counts_at_once(bench):
    b = bench(StepPlan("s", ["x"] * 9, resources=NODES), limits=Settings(throttle=1))
    b.handle(SettingsChange(throttle=3))
    assert b.state.in_flight() == 3
    b.handle(SettingsChange(rlimit=7))
    assert b.state.settings == Settings(throttle=3, rlimit=7)
    b.handle(SettingsChange(throttle=0))
    assert b.state.in_flight() == 9
