"""A hold that is acknowledged late, or a local step that starts though its hold is: in a time of its own."""

from __future__ import annotations

import json

import pytest

from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.testing.virtual_time import SlottedPool
from maestro_conductor.workspace.sharing import make_requests_folder

#: s of the hold, and s until the release.
AT, LATER = 20.0, 10.0


@pytest.fixture
def bench(timed):
    """Local steps of which one starts, ends or is made ready at any moment."""
    bench = timed()
    plans = [StepPlan("a", ["x"] * 60), StepPlan("b", ["x"] * 60, needs=["a"])]
    make_workspace(bench.root, plans, batch={"type": "scripted", "local_slots": 2})
    bench.local = SlottedPool(bench.time, 2, 0.73)
    make_requests_folder(bench.root / ".maestro/requests")
    return bench


def ask(bench, name, **request):
    path = bench.root / f".maestro/requests/{name}.json"
    path.write_text(json.dumps({"request": name, "steps": None, **request}))


@pytest.mark.parametrize("after", [number * 0.07 for number in range(11)])
def test_it_is_acknowledged_within_a_second_and_nothing_starts_from_then_on(bench, after):
    answer = bench.root / ".maestro/answers/hold.json"
    seen = []

    def look():
        if answer.exists():
            seen.append((bench.time.now, len(bench.local.starts)))

    begin = AT + after
    bench.time.at(begin, lambda: ask(bench, "hold"))
    for number in range(1, 1001):
        bench.time.at(begin + number * LATER / 1000, look)
    bench.time.at(begin + LATER + 0.001, lambda: ask(bench, "release"))
    assert bench.conduct() == 0
    assert json.loads(answer.read_text())["accepted"]
    assert seen[0][0] - begin <= 1.0
    assert len(seen) > 800
    assert {started for _, started in seen} == {seen[0][1]}
    assert 0 < seen[0][1] < len(bench.local.starts) == 120
