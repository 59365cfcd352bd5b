"""`maestro run` with a real Slurm, end to end."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from slurm_cluster import SlurmCluster

pytestmark = pytest.mark.slurm

RUN = (sys.executable, "-m", "maestro_cli", "run", "-fg", "-y", "-s", "1")
BATCH = "batch: {{type: slurm, host: here, bank: proj_a, queue: debug{more}}}\n"

#: Many small equal jobs, and one that waits for all of them.
MANY = """\
description: {name: many, description: equal jobs}
study:
  - name: work
    description: works
    run: {cmd: 'echo "$(N) $SLURM_JOB_ID ${SLURM_ARRAY_TASK_ID-none}" > out.txt', procs: 1, walltime: "5"}
  - name: gather
    description: all of it
    run: {cmd: "cat ../work/*/out.txt > all.txt", depends: [work_*], procs: 1, walltime: "5"}
global.parameters:
  N: {values: [VALUES], label: N.%%}
"""

#: Each job notes how many jobs there are in the queue while it runs.
COUNTING = """\
description: {name: counting, description: equal jobs}
study:
  - name: work
    description: "$(N)"
    run: {cmd: "squeue --noheader --array | wc -l > count", procs: 1, walltime: "5"}
global.parameters:
  N: {values: [1, 2, 3, 4, 5, 6, 7, 8], label: N.%%}
"""

#: The first run is stopped at its walltime; the second finds the file and goes on.
RESTARTED = """\
description: {name: restarted, description: a walltime that is too short}
study:
  - name: long
    description: is stopped once
    run:
      cmd: "echo first > runs; scontrol update jobid=$SLURM_JOB_ID EndTime=now+1; sleep 600"
      restart: "echo again >> runs"
      procs: 1
      walltime: "1"
"""

#: The first node fails; the second attempt runs elsewhere.
UNLUCKY = """\
description: {name: unlucky, description: a node fails}
study:
  - name: work
    description: takes its node down the first time
    run:
      cmd: |
        echo $SLURMD_NODENAME >> nodes
        if [ $(wc -l < nodes) = 1 ]; then
          scontrol update nodename=$SLURMD_NODENAME state=down reason=test
          sleep 600
        fi
      procs: 1
      walltime: "5"
"""


def run_study(folder: Path, text: str, more: str = "", *options: str) -> tuple[int, Path]:
    """Run a study in the foreground; its exit code and its workspace."""
    study = folder / "study.yaml"
    study.write_text(text + BATCH.format(more=more))
    workspace = folder / "workspace"
    done = subprocess.run(
        [*RUN, *options, "-o", workspace, study],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    print(done.stdout, done.stderr)
    return done.returncode, workspace


def rows(workspace: Path) -> dict[str, dict[str, str]]:
    """`status.csv` by step."""
    with (workspace / "status.csv").open(newline="") as file:
        return {row["Step Name"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("array", [False, True])
def test_jobs_alone_and_as_an_array(slurm: SlurmCluster, tmp_path: Path, array: bool) -> None:
    values = ", ".join(map(str, range(12)))
    more = ", array: true" if array else ""
    code, workspace = run_study(tmp_path, MANY.replace("VALUES", values), more)
    assert code == 0
    found = rows(workspace)
    assert {row["State"] for row in found.values()} == {"FINISHED"}
    lines = (workspace / "gather" / "all.txt").read_text().splitlines()
    assert sorted(int(line.split()[0]) for line in lines) == list(range(12))
    ids = [row["Job ID"] for step, row in found.items() if step != "gather"]
    assert len(set(ids)) == 12
    assert all(re.fullmatch(r"\d+_\d+" if array else r"\d+", job) for job in ids)
    assert {line.split()[2] == "none" for line in lines} == {not array}


def test_a_restart_after_the_walltime(slurm: SlurmCluster, tmp_path: Path) -> None:
    code, workspace = run_study(tmp_path, RESTARTED)
    assert code == 0
    row = rows(workspace)["long"]
    assert (row["State"], row["Number Restarts"]) == ("FINISHED", "1")
    assert (workspace / "long" / "runs").read_text() == "first\nagain\n"


def test_a_node_that_fails_is_kept_away_from(slurm: SlurmCluster, tmp_path: Path) -> None:
    try:
        code, workspace = run_study(tmp_path, UNLUCKY)
    finally:
        for number in range(1, 5):
            slurm.resume_node(f"n{number}")
    assert code == 0
    first, second = (workspace / "work" / "nodes").read_text().split()
    assert first != second


def test_a_limit_of_the_site_only_slows_a_study(slurm: SlurmCluster, tmp_path: Path) -> None:
    """QOS `limited` takes three jobs of a user at a time, and runs one."""
    values = ", ".join(map(str, range(6)))
    code, workspace = run_study(tmp_path, MANY.replace("VALUES", values), ", qos: limited")
    assert code == 0
    assert {row["State"] for row in rows(workspace).values()} == {"FINISHED"}


def test_a_limit_of_the_user_s_own_only_slows_a_study(slurm: SlurmCluster, tmp_path: Path) -> None:
    """A job of the user's that is none of the study's counts, too."""
    slurm.run("sbatch", "--hold", "--output=/dev/null", "--wrap=true")
    code, workspace = run_study(tmp_path, COUNTING, ", array: true, user_throttle: 3")
    assert code == 0
    counts = [int(path.read_text()) for path in workspace.glob("work/*/count")]
    assert len(counts) == 8
    assert max(counts) <= 3


def test_the_sample_runs(slurm: SlurmCluster, tmp_path: Path, samples: Path) -> None:
    text = (samples / "slurm.yaml").read_text()
    study = Path(shutil.copy(samples / "slurm.yaml", tmp_path))
    study.write_text(text.replace("bank: science", "bank: proj_a"))
    done = subprocess.run(
        [*RUN, study],
        cwd=tmp_path,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (workspace,) = (tmp_path / "sample_output" / "slurm").iterdir()
    assert (workspace / "gather" / "sizes.txt").read_text() == "10\n20\n"
