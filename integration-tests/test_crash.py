"""A conductor that is killed loses nothing and doubles nothing: local steps.

`pytest -m slow` runs the full form: every boundary between two records, and 200 random instants.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from faults.crash_tools import (
    COUNT,
    Histogram,
    check_small_study,
    conductor,
    ends,
    kill_after,
    make_small_study,
    run_to_the_end,
    run_until_killed,
    runs,
)
from maestro_conductor.journal import JournalReader, read_state
from maestro_conductor.states import FINISHED
from maestro_conductor.testing import StepPlan, make_workspace

pytestmark = pytest.mark.once

#: Frames that an undisturbed run of the small study writes, at the least.
FRAMES = 30


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
def test_killed_at_each_record_boundary(tmp_path, when):
    frame = 1
    while kill_at(tmp_path, when, frame):
        frame += 1
    assert frame > FRAMES


def kill_at_random(root: Path, kills: int, seed: int) -> Histogram:
    """Kill a busy conductor again and again, then let it come to its end."""
    make_workspace(
        root,
        [
            StepPlan("a", [COUNT + "sleep 0.0$((RANDOM % 9))"] * 200),
            StepPlan("b", [COUNT] * 200, needs=["a"]),
            StepPlan("slow", [COUNT + "sleep 1"] * 4),
            StepPlan("last", [COUNT], funnels=["b", "slow"]),
        ],
        batch={"local_slots": 3, "shell": "/bin/bash"},
    )
    random = Random(seed)  # noqa: S311
    histogram = Histogram()
    for _ in range(kills):
        if not kill_after(root, random.uniform(0, 0.7)):
            break
        histogram.look(root)
    assert run_to_the_end(root) == 0
    assert set(ends(root).values()) == {"FINISHED"}
    assert set(runs(root).values()) == {1}
    return histogram


def test_killed_at_some_random_instants(tmp_path):
    histogram = kill_at_random(tmp_path / "w", 6, seed=1)
    print(histogram.phases)
    assert histogram.phases["running"]


@pytest.mark.slow
def test_killed_at_200_random_instants(tmp_path):
    total = Histogram()
    for seed in range(1000):
        found = kill_at_random(tmp_path / str(seed), 50, seed)
        total.phases.update(found.phases)
        if sum(total.phases.values()) >= 200 and len(total.phases) >= 4:
            break
    print(total.phases)
    phases = {"intent written", "submitted and not recorded", "running", "ended and not recorded"}
    assert phases <= total.phases.keys()


def live_drivers(root: Path) -> list[int]:
    """Process ids of the drivers whose attempts have no end."""
    found = []
    for path in root.glob("*/*/.attempt.*"):
        text = path.read_text()
        if "pid=" in text and "end" not in text:
            found.append(int(text.split("pid=")[1].split()[0]))
    return found


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("victims", [("driver",), ("driver", "conductor")])
def test_killed_drivers_are_node_failures(tmp_path, victims, kills):
    """A driver that dies takes the exit code with it: its attempt is lost, its script runs out."""
    root = make_workspace(
        tmp_path / "w", [StepPlan("a", [COUNT + "sleep 0.2"] * 40)], batch={"local_slots": 3}
    )
    random = Random(kills)  # noqa: S311
    process = subprocess.Popen(conductor(root))
    for _ in range(kills):
        while not live_drivers(root) and process.poll() is None:
            time.sleep(0.02)
        time.sleep(random.uniform(0, 0.2))
        for pid in live_drivers(root)[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if "conductor" in victims:
            process.kill()
            process.wait()
            process = subprocess.Popen(conductor(root))
        elif process.poll() is not None:
            break
    assert process.wait(60) in (0, 2)
    _, state = read_state(root)
    told = [json.loads(line) for line in (root / "logs/study.log").read_text().splitlines()]
    lost = Counter(line["instance"] for line in told if line["event"] == "step_lost")
    assert lost, "no kill hit anything"
    for name, count in runs(root).items():
        assert 1 <= count <= 1 + lost[name], (name, count)
    assert set(ends(root).values()) <= {"FINISHED", "HWFAILURE"}
    assert state.counts[FINISHED] >= 38


def journal_ends(path: Path) -> list[int]:
    """Offsets after each frame of a journal."""
    with JournalReader(path) as reader:
        return [reader.offset for _ in reader.read()]


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_a_journal_that_lost_its_end_runs_nothing_twice(tmp_path, every):
    """A file system that forgets what was not flushed: attempt files know what ran."""
    root = make_small_study(tmp_path / "w")
    assert run_to_the_end(root) == 2
    path = root / ".maestro/journal.msgpack"
    content = path.read_bytes()
    for end in journal_ends(path)[::-every]:
        path.write_bytes(content[: end + 3])  # and the next frame is torn
        assert run_to_the_end(root) == 2
        check_small_study(root)
