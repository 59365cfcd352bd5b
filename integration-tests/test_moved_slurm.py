"""Studies on a real Slurm that were copied, or moved, while their jobs run.

Would catch a copy that follows or cancels the jobs of the study that it was made from, and a study
that loses its jobs because it was moved.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import steps, write
from maestro_conductor.workspace.conductor_lock import holder
from moved_folders import WAYS, audit
from slurm_cluster import SlurmCluster
from waiting import wait_until

pytestmark = pytest.mark.slurm

STUDY = """\
description: {name: wanderer, description: jobs that wait}
batch: {type: slurm, host: here, bank: proj_a, queue: debug}
study:
  - name: work
    description: waits for a file in the study's folder
    run:
      cmd: |
        echo $(N) >> $(OUTPUT_PATH)/begun
        until [ -e ../../go ]; do sleep 0.2; done
      procs: 1
      walltime: "10"
global.parameters:
  N: {values: [1, 2], label: N.%%}
"""


def running_jobs(slurm: SlurmCluster) -> set[str]:
    return set(slurm.run("squeue", "-h", "-t", "running", "-o", "%i").split())


def jobs_of(maestro: Maestro, root: Path) -> set[object]:
    return {step["job"] for step in steps(maestro, root).values()}


def leave(root: Path) -> None:
    alive = holder(root)
    assert alive is not None
    os.kill(alive.pid, signal.SIGKILL)
    wait_until(lambda: holder(root) is None)


def test_a_copy_has_jobs_of_its_own_and_a_study_that_was_moved_keeps_its_jobs(
    slurm: SlurmCluster, tmp_path: Path, maestro: Maestro
) -> None:
    root, copy, moved = tmp_path / "OUT", tmp_path / "COPY", tmp_path / "MOVED"
    write(tmp_path / "study.yaml", STUDY)
    maestro("run", "-y", "-s", "1", "-o", root, "study.yaml")
    slurm.until(lambda: len(running_jobs(slurm)) == 2, "two jobs")
    wait_until(lambda: {step["state"] for step in steps(maestro, root).values()} == {"RUNNING"})
    leave(root)
    jobs = running_jobs(slurm)
    assert jobs_of(maestro, root) == jobs

    WAYS["cp -a"].go(root, copy)
    before = audit(root, ())
    assert maestro("resume", copy).returncode == 0
    slurm.until(lambda: len(running_jobs(slurm)) == 4, "jobs of the copy")
    maestro("cancel", "-y", copy)
    slurm.until(lambda: running_jobs(slurm) == jobs, "the end of the copy's jobs alone")
    wait_until(lambda: holder(copy) is None)
    assert {step["state"] for step in steps(maestro, copy).values()} == {"CANCELLED"}
    assert audit(root, ()) == before
    assert len((copy / "begun").read_text().split()) == 4

    root.rename(moved)
    assert maestro("resume", moved).returncode == 0
    wait_until(lambda: holder(moved) is not None)
    (moved / "go").touch()
    wait_until(lambda: holder(moved) is None)
    found = steps(maestro, moved)
    assert {step["state"] for step in found.values()} == {"FINISHED"}
    assert {step["job"] for step in found.values()} == jobs
    assert not root.exists()
