"""A conductor that is killed loses nothing and doubles nothing: jobs of a real Slurm.

`pytest -m slow` runs the full form: every boundary between two records, and 200 random instants.
"""

from __future__ import annotations

import secrets
import subprocess
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from faults.crash_tools import (
    COUNT,
    Histogram,
    conductor,
    ends,
    kill_after,
    run_to_the_end,
    run_until_killed,
    runs,
)
from maestro_conductor.run_view import read_run
from maestro_conductor.testing import StepPlan, make_workspace
from slurm_cluster import SlurmCluster

pytestmark = pytest.mark.slurm

BATCH = {"type": "slurm", "host": "here", "bank": "proj_a", "queue": "debug", "shell": "/bin/bash"}
JOB = {"nodes": 1, "procs": 1, "walltime": "5"}


def make_study(root: Path, jobs: int) -> Path:
    """Jobs, a failing one, and local steps beside them."""
    return make_workspace(
        root,
        [
            StepPlan("a", [COUNT + "sleep 0.3"] * jobs, resources=JOB),
            StepPlan("b", [COUNT] * jobs, needs=["a"], resources=JOB),
            StepPlan("here", [COUNT], needs=["a"]),
            StepPlan("bad", [COUNT + "exit 3"], needs=["here"], resources=JOB),
            StepPlan("last", [COUNT], funnels=["b"], needs=["here"], resources=JOB),
        ],
        batch=BATCH,
        run={"sleep": 0.5, "study_id": secrets.token_hex(6)},
    )


def check_study(root: Path) -> None:
    assert set(runs(root).values()) == {1}
    assert {key for key, state in ends(root).items() if state != "FINISHED"} == {"bad"}
    assert not submitted_twice(root)


def submitted_twice(root: Path) -> dict[str, int]:
    """Attempts that several jobs were submitted for."""
    token = f"m{read_run(root).study_id}."
    told = subprocess.run(
        ["sacct", "-X", "-P", "-n", "-o", "JobID,Comment%200", "-S", "now-2hours"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    tokens = [line.split(token)[1] for line in told.splitlines() if token in line]
    return {text: count for text, count in Counter(tokens).items() if count > 1}


def kill_at(root: Path, when: str, frame: int) -> bool:
    """Whether the conductor came so far that it was killed."""
    make_study(root, 2)
    code = run_until_killed(root, when, frame)
    assert code in (-9, 2)
    assert run_to_the_end(root) == 2
    check_study(root)
    return code == -9


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_some_record_boundaries(slurm: SlurmCluster, tmp_path, when):
    for frame in (3, 4, 5, 6, 9):
        assert kill_at(tmp_path / str(frame), when, frame)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_record_boundary(slurm: SlurmCluster, tmp_path, when):
    frame = 1
    while kill_at(tmp_path / str(frame), when, frame):
        frame += 1
    assert frame > 10


def kill_at_random(root: Path, kills: int, seed: int) -> Histogram:
    make_study(root, 20)
    random = Random(seed)  # noqa: S311
    histogram = Histogram()
    for _ in range(kills):
        if not kill_after(root, random.uniform(0, 2)):
            break
        histogram.look(root)
    assert run_to_the_end(root) == 2
    check_study(root)
    return histogram


def test_killed_at_some_random_instants(slurm: SlurmCluster, tmp_path):
    assert kill_at_random(tmp_path / "w", 6, seed=1).phases


@pytest.mark.slow
def test_killed_at_200_random_instants(slurm: SlurmCluster, tmp_path):
    total: Counter[str] = Counter()
    kills = 0
    for seed in range(100):
        total.update(kill_at_random(tmp_path / str(seed), 20, seed).phases)
        kills += 20
        if kills >= 200 and len(total) >= 4:
            break
    print(total)
    assert total["running"]
    assert total["submitted and not recorded"]


def test_an_outage_delays_nothing_local_and_doubles_nothing(slurm: SlurmCluster, tmp_path):
    root = make_workspace(
        tmp_path / "w",
        [
            StepPlan("job", [COUNT + "sleep 1"] * 6, resources=JOB),
            StepPlan("here", [COUNT + "sleep 0.3"]),
            StepPlan("then", [COUNT + "date +%s.%N > at"], needs=["here"]),
            StepPlan("last", [COUNT], funnels=["job"], resources=JOB),
        ],
        batch=BATCH,
        run={"sleep": 0.5, "study_id": secrets.token_hex(6)},
    )
    with slurm.stopped("slurmctld"):
        process = subprocess.Popen(conductor(root))
        slurm.until((root / "then/at").exists, "the local steps' end", patience=8)
        assert not any((root / f"job/N.{i}/count").exists() for i in range(6))
        time.sleep(12)  # longer than Slurm's own patience with its controller
    assert process.wait(120) == 0
    assert set(runs(root).values()) == {1}
    assert not submitted_twice(root)


def test_jobs_are_cancelled_in_the_scheduler(slurm: SlurmCluster, tmp_path):
    root = make_workspace(
        tmp_path / "w",
        [StepPlan("job", ["sleep 100"] * 3, resources=JOB), StepPlan("here", ["sleep 100"])],
        batch=BATCH,
        run={"sleep": 0.5, "study_id": secrets.token_hex(6)},
    )
    process = subprocess.Popen(conductor(root))
    slurm.until(lambda: (root / "job/N.2/.attempt.1").exists(), "all jobs run")
    (root / ".cancel.lock").touch()
    assert process.wait(60) == 3
    assert set(ends(root).values()) == {"CANCELLED"}
    assert read_run(root).study_id not in slurm.run("squeue", "-h", "-o", "%200k")
