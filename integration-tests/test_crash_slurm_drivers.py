"""The drivers of jobs on a real Slurm are killed, alone and together with the conductor.

Slurm sees a batch script that a signal ended: the job has failed, and Slurm decides what becomes
of the processes it leaves. So nothing is run again by itself: a command runs once, and its step
ends as FAILED. What had no driver yet has not run, and is submitted again.
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
    ends,
    run_to_the_end,
    run_until_killed,
    runs,
    start_conductor,
)
from faults.slurm_jobs import BATCH, JOB, submitted_twice
from faults.victims import kill_watchers, lost_attempts
from maestro_conductor.testing import StepPlan, make_workspace
from slurm_cluster import SlurmCluster

pytestmark = pytest.mark.slurm


def make_study(root: Path, jobs: int) -> Path:
    return make_workspace(
        root,
        [
            # Some last longer, so that they run when others end.
            StepPlan("a", [f"{COUNT} sleep {0.5 + i % 2}" for i in range(jobs)], resources=JOB),
            StepPlan("b", [COUNT] * jobs, needs=["a"], resources=JOB),
        ],
        batch=BATCH,
        run={"sleep": 0.2, "study_id": secrets.token_hex(6)},
    )


def check_study(root: Path) -> int:
    """Gives how many steps failed because their driver was killed."""
    lost = {f"{path.parent.parent.name}_{path.parent.name}" for path in lost_attempts(root)}
    behind = {f"b{name[1:]}" for name in lost if name.startswith("a")}
    found = ends(root)
    assert {name for name, end in found.items() if end == "FAILED"} == lost | behind
    assert set(found.values()) <= {"FINISHED", "FAILED"}
    for name, count in runs(root).items():
        if found[name] == "FINISHED":
            assert count == 1, name
        else:  # killed before it ran its script, or after
            assert count <= (name in lost), name
    return len(lost)


def kill_at(root: Path, when: str, frame: int, victims: str, jobs: int = 2) -> int | None:
    """How many steps lost their driver; None: the study did not come to that record."""
    make_study(root, jobs)
    code = run_until_killed(root, when, frame, victims)
    killed = code == -9
    if killed:
        code = run_to_the_end(root)
    assert code in (0, 2)
    hit = check_study(root)
    return None if victims == "all" and not killed else hit


@pytest.mark.parametrize("victims", ["watchers", "all"])
def test_killed_at_a_record_boundary(slurm: SlurmCluster, tmp_path, victims):
    assert kill_at(tmp_path / "w", "after", 5, victims) is not None
    assert not submitted_twice([tmp_path / "w"])


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("victims", ["watchers", "all"])
def test_killed_at_each_record_boundary(slurm: SlurmCluster, tmp_path, long_test, victims, when):
    hits = [kill_at(tmp_path / str(frame), when, frame, victims) for frame in range(1, 15)]
    print(f"{victims}: {len(hits)} boundaries, {sum(hit or 0 for hit in hits)} jobs were killed")
    assert any(hits)
    assert not submitted_twice(tmp_path.iterdir())


def kill_at_random(root: Path, kills: int, seed: int, *, with_conductor: bool) -> int:
    """Kill drivers, one or all; gives how many."""
    make_study(root, 40)
    random = Random(seed)  # noqa: S311
    hit = starts = 0
    process = start_conductor(root)
    while hit < kills:
        try:
            # A conductor needs 2 s to learn that a submission was not received; on a busy machine more.
            process.wait(random.uniform(0, 4 * 1.1**starts if with_conductor else 0.8))
            break
        except subprocess.TimeoutExpired:
            if not with_conductor:
                hit += kill_watchers(root, random.choice([1, 8]))
                continue
            first, second = random.sample([process.kill, lambda: kill_watchers(root, 8)], 2)
            hit += (first() or 0) + (second() or 0)
            process.wait()
            process = start_conductor(root)
            starts += 1
    assert process.wait(120) in (0, 2)
    check_study(root)
    return hit


@pytest.mark.parametrize("with_conductor", [False, True])
def test_some_drivers_are_killed(slurm: SlurmCluster, tmp_path, with_conductor):
    assert kill_at_random(tmp_path / "w", 4, seed=1, with_conductor=with_conductor)
    assert not submitted_twice([tmp_path / "w"])


@pytest.mark.slow
@pytest.mark.parametrize("with_conductor", [False, True])
def test_200_drivers_are_killed(slurm: SlurmCluster, tmp_path, long_test, with_conductor):
    hit = seed = 0
    while hit < 200:
        seed += 1
        hit += kill_at_random(tmp_path / str(seed), 25, seed, with_conductor=with_conductor)
    print(f"{hit} drivers were killed")
    assert not submitted_twice(tmp_path.iterdir())
