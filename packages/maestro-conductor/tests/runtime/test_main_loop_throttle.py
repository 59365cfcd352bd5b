"""A start beyond a lowered throttle, or after a cancellation: in a time of its own."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maestro_conductor.journal import read_state
from maestro_conductor.model.states import NAMES
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.testing.virtual_time import SlottedPool

#: s until an update is in force.
NOTICED = 1.0


def study(timed, tmp_path, jobs, slots, lasts, throttle):
    """A study of equal local steps that fill the slots; some are handed over ahead."""
    bench = timed(throttle=throttle)
    bench.root = tmp_path
    make_workspace(
        tmp_path,
        [StepPlan("s", ["x"] * jobs)],
        batch={"type": "scripted"},
        run={"throttle": throttle},
    )
    bench.local = SlottedPool(bench.time, slots, lasts)
    return bench


def lower(bench, time, throttle):
    lock = bench.root / ".study.update.lock"
    bench.time.at(time, lambda: lock.write_text(f"throttle: {throttle}\n"))


def test_a_lowered_throttle_takes_back_what_was_handed_over_ahead(timed, tmp_path):
    bench = study(timed, tmp_path / "w", 30, 2, 1.0, 0)
    lower(bench, 3.2, 1)
    assert bench.conduct() == 0
    assert max(running for time, running in bench.local.starts if time < 3.2) == 2
    assert {running for time, running in bench.local.starts if time >= 3.2 + NOTICED} == {1}
    # Those that were taken back are the same attempts: nothing was wasted, and none ran twice.
    _, state = read_state(bench.root)
    assert list(state.attempt) == [1] * 30
    assert len(bench.local.starts) == 30


@pytest.mark.once
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    slots=st.integers(1, 5),
    lasts=st.sampled_from([0.2, 0.7, 3.0]),
    updates=st.lists(
        st.tuples(st.integers(0, 12).map(lambda n: n + 0.3), st.integers(0, 6)),
        max_size=4,
        unique_by=lambda update: update[0] // 2,
    ),
    first=st.integers(0, 6),
)
def test_nothing_starts_at_or_over_any_throttle(
    timed, tmp_path_factory, slots, lasts, updates, first
):
    bench = study(timed, tmp_path_factory.mktemp("w"), 40, slots, lasts, first)
    for time, throttle in updates:
        lower(bench, time, throttle)
    assert bench.conduct() == 0
    in_force = sorted([(-NOTICED, first), *updates])
    for time, running in bench.local.starts:
        past = [throttle for since, throttle in in_force if since + NOTICED <= time][-1:]
        new = [throttle for since, throttle in in_force if since <= time < since + NOTICED]
        limits = [throttle or slots for throttle in past + new]
        assert running <= max(limits), (time, bench.local.starts)
    assert len(bench.local.starts) == 40


def test_a_cancelled_study_starts_nothing_more(timed, tmp_path):
    bench = study(timed, tmp_path / "w", 30, 2, 1.0, 0)
    bench.time.at(3.2, (bench.root / ".cancel.lock").touch)
    assert bench.conduct() == 3
    assert max(time for time, _ in bench.local.starts) <= 3.2 + NOTICED
    _, state = read_state(bench.root)
    assert {NAMES[code] for code in state.state} == {"FINISHED", "CANCELLED"}
