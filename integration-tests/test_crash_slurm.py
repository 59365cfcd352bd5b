"""A conductor that is killed loses nothing and doubles nothing: jobs of a real Slurm.

The full form (`slow`) kills at every boundary between two records, and at 200 random instants.
"""

from __future__ import annotations

import secrets
import subprocess
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
from faults.slurm_jobs import BATCH, JOB, received, submitted_twice
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.run_file import read_run
from slurm_cluster import SlurmCluster

pytestmark = pytest.mark.slurm


def make_study(root: Path, jobs: int, throttle: int = 0) -> Path:
    """Jobs, a failing one, and local steps beside them."""
    return make_workspace(
        root,
        [
            StepPlan("a", [COUNT + "sleep 0.2"] * jobs, resources=JOB),
            StepPlan("b", [COUNT] * jobs, needs=["a"], resources=JOB),
            StepPlan("here", [COUNT], needs=["a"]),
            StepPlan(
                "bad",
                [COUNT + "exit 3"],
                needs=["here"],
                failure={"allow_failure": True},
                resources=JOB,
            ),
            StepPlan(
                "pauses",
                [COUNT + "[ $(wc -l < count) = 2 ]"],
                funnels=["b"],
                needs=["bad"],
                failure={"retries": 1, "retry_pause": 2},
                resources=JOB,
            ),
            StepPlan("last", [COUNT], needs=["pauses"], resources=JOB),
        ],
        batch=BATCH,
        run={"sleep": 0.2, "throttle": throttle, "study_id": secrets.token_hex(6)},
    )


def check_study(root: Path) -> None:
    assert {key: count for key, count in runs(root).items() if count != 1} == {"pauses": 2}
    assert {key for key, state in ends(root).items() if state != "FINISHED"} == {"bad"}


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
    for frame in (4, 9):
        assert kill_at(tmp_path / str(frame), when, frame)
    assert not submitted_twice(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_record_boundary(slurm: SlurmCluster, tmp_path, long_test, when):
    frame = 1
    while kill_at(tmp_path / str(frame), when, frame):
        frame += 1
    assert frame > 10
    assert not submitted_twice(tmp_path.iterdir())


def kill_at_random(root: Path, kills: int, seed: int) -> Histogram:
    """Kill a conductor again and again, half of the times soon after something happened."""
    make_study(root, 30, throttle=6)
    random = Random(seed)  # noqa: S311
    histogram = Histogram(received=received)
    for _ in range(kills):
        change = random.random() < 0.5
        if not kill_after(root, random.uniform(0, 0.1 if change else 3), change=change):
            break
        histogram.look(root)
    assert run_to_the_end(root) == 2
    check_study(root)
    return histogram


def test_killed_at_some_random_instants(slurm: SlurmCluster, tmp_path):
    histogram = kill_at_random(tmp_path / "w", 6, seed=1)
    assert histogram.kills
    assert histogram.phases
    assert not submitted_twice([tmp_path / "w"])


@pytest.mark.slow
def test_killed_at_200_random_instants(slurm: SlurmCluster, tmp_path, long_test):
    total = Histogram()
    for seed in range(100):
        if total.complete:
            break
        total.take(kill_at_random(tmp_path / str(seed), 40, seed))
        print(total)
    assert not submitted_twice(tmp_path.iterdir())
    assert total.complete, total


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
        # Slurm no longer waits for its controller, and the conductor knows.
        trouble = ("submission_postponed", "step_unknown", "scheduler_unreachable")
        log = root / "logs/study.log"
        slurm.until(lambda: any(word in log.read_text() for word in trouble), "its trouble")
    assert process.wait(120) == 0
    assert set(runs(root).values()) == {1}
    assert not submitted_twice([root])


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
