"""The clock of the machine is set forwards and back while a study runs: that does not matter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from faults.crash_tools import COUNT, ends, runs
from maestro_conductor.journal import read_state
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.attempt_file import read_attempt
from waiting import wait_until

pytestmark = pytest.mark.once

#: The real conductor; whenever it asks for the time of day, it is the next of these days from now.
JUMPING = """\
import itertools, sys, time
jumps = itertools.cycle([int(days) * 86_400 for days in sys.argv[2:]])
real, real_ns = time.time, time.time_ns
time.time = lambda: real() + next(jumps)
time.time_ns = lambda: real_ns() + next(jumps) * 1_000_000_000
from maestro_conductor.app.command import main
sys.exit(main([sys.argv[1], "--no-logstdout"]))
"""


LIMIT = {"walltime": "0:03", "enforce_walltime": True}


def conductor(root: Path, *days: int) -> list[str]:
    return [sys.executable, "-c", JUMPING, str(root), *map(str, days)]


def run_to_the_end(root: Path, *days: int) -> None:
    done = subprocess.run(
        conductor(root, *days), check=False, timeout=30, stderr=subprocess.PIPE, text=True
    )
    assert (done.returncode, done.stderr) == (2, "")


def test_a_clock_that_jumps_does_not_matter(tmp_path):
    root = make_workspace(
        tmp_path / "w",
        [
            StepPlan("a", [COUNT + "sleep 0.1"] * 6),
            StepPlan(
                "again",
                [COUNT + "[ $(wc -l < count) = 2 ]"],
                failure={"retries": 1, "retry_pause": 1},
            ),
            StepPlan("long", [COUNT + "sleep 60"], resources=LIMIT),
            StepPlan("left", [COUNT + "sleep 1.5; exit 7"]),
            StepPlan("last", [COUNT], funnels=["a"], needs=["again"]),
        ],
        batch={"local_slots": 10},
    )
    run_to_the_end(root, 0, 1, -1, 400, -400)
    found = ends(root)
    wanted = {"long": "TIMEDOUT", "left": "FAILED"}
    assert found == {name: wanted.get(name, "FINISHED") for name in found}
    assert {name: count for name, count in runs(root).items() if count != 1} == {"again": 2}
    _, state = read_state(root)
    assert all(map(int.__le__, state.started, state.ended))
    for line in (root / "logs/study.log").read_text().splitlines():
        assert json.loads(line).get("duration_s", 0) >= 0


@pytest.mark.parametrize("days", [400, -400])
def test_nor_does_it_after_a_kill(tmp_path, days):
    """A walltime goes on counting under the next conductor, by a clock that does not jump."""
    root = make_workspace(
        tmp_path / "w",
        [
            StepPlan("short", [COUNT + "sleep 1"], resources=LIMIT),
            StepPlan("long", [COUNT + "sleep 60"], resources=LIMIT),
            StepPlan("left", [COUNT + "sleep 1; exit 7"]),
            StepPlan("last", [COUNT], needs=["short"]),
        ],
        batch={"local_slots": 10},
    )
    with subprocess.Popen(conductor(root, 0)) as process:
        wait_until(lambda: read_attempt(root / "left", 1).fate != "absent")
        process.kill()
    run_to_the_end(root, days)
    found = ends(root)
    wanted = {"long": "TIMEDOUT", "left": "FAILED"}
    assert found == {name: wanted.get(name, "FINISHED") for name in found}
    assert set(runs(root).values()) == {1}
