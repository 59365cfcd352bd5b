"""A conductor that is killed loses nothing and doubles nothing: local steps.

The full form (`slow`) kills at every boundary between two records, and at 200 random instants.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from faults.crash_tools import (
    COUNT,
    Histogram,
    check_small_study,
    ends,
    kill_after,
    make_small_study,
    run_to_the_end,
    run_until_killed,
    runs,
)
from maestro_conductor.testing import StepPlan, make_workspace

pytestmark = pytest.mark.once

CUT_JOURNAL = Path(__file__).parent / "faults/cut_journal.py"

#: Frames that an undisturbed run of the small study writes, at the least: on a busy machine the ends of
#: several steps share one.
FRAMES = 24


def kill_at(tmp_path: Path, when: str, frame: int) -> bool:
    """Whether the conductor came so far that it was killed."""
    root = make_small_study(tmp_path / f"{when}-{frame}")
    code = run_until_killed(root, when, frame)
    assert code in (-9, 2)
    assert run_to_the_end(root) == 2
    check_small_study(root)
    return code == -9


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_some_record_boundaries(tmp_path, when):
    for frame in range(1, FRAMES, 6):
        assert kill_at(tmp_path, when, frame)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_record_boundary(tmp_path, long_test, when):
    frame = 1
    while kill_at(tmp_path, when, frame):
        frame += 1
    assert frame > FRAMES


def kill_at_random(root: Path, kills: int, seed: int) -> Histogram:
    """Kill a conductor again and again, half of the times a busy one, then let it come to its end."""
    make_workspace(
        root,
        [
            StepPlan("a", [COUNT + "sleep 0.0$((RANDOM % 9))"] * 200),
            StepPlan("b", [COUNT] * 200, needs=["a"]),
            StepPlan("slow", [COUNT + "sleep 1"] * 4),
            StepPlan(
                "pauses",
                [COUNT + "[ $(wc -l < count) = 2 ]"],
                funnels=["b", "slow"],
                failure={"retries": 1, "retry_pause": 1},
            ),
            StepPlan("last", [COUNT + "exit 4"], needs=["pauses"]),
        ],
        batch={"local_slots": 3, "shell": "/bin/bash"},
    )
    random = Random(seed)  # noqa: S311
    histogram = Histogram()
    for number in range(kills):
        if not kill_after(root, random.uniform(0, 0.7), busy=number % 2 == 0):
            break
        histogram.look(root)
    assert run_to_the_end(root) == 2
    assert {name for name, end in ends(root).items() if end != "FINISHED"} == {"last"}
    assert {name: count for name, count in runs(root).items() if count != 1} == {"pauses": 2}
    return histogram


def test_killed_at_some_random_instants(tmp_path):
    histogram = kill_at_random(tmp_path / "w", 6, seed=1)
    assert histogram.kills
    assert histogram.phases.keys() - {"idle"}


@pytest.mark.slow
def test_killed_at_200_random_instants(tmp_path, long_test):
    total = Histogram()
    for seed in range(100):
        if total.complete:
            break
        total.take(kill_at_random(tmp_path / str(seed), 50, seed))
    print(total)
    assert total.complete, total


@pytest.mark.parametrize("every", [97, pytest.param(1, marks=pytest.mark.slow)])
def test_a_journal_cut_at_any_byte_runs_nothing_twice(tmp_path, long_test, every):
    """A file system that forgets what was not flushed: attempt files know what ran."""
    root = make_small_study(tmp_path / "w")
    assert run_to_the_end(root) == 2
    subprocess.run([sys.executable, CUT_JOURNAL, root, str(every)], check=True)
