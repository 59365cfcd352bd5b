"""`sbatch`, `squeue`, `sacct` and `scancel` of a real Slurm fail, hang or lose their answers.

For their first calls, under a conductor; then they work. Nothing is lost, nothing is doubled.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from faults.crash_tools import COUNT, ends, runs
from faults.slurm_jobs import BATCH, JOB, submitted_twice
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.run_file import read_run
from slurm_cluster import SlurmCluster

pytestmark = pytest.mark.slurm

COMMANDS = ("sbatch", "squeue", "sacct", "scancel")

#: What a command does instead of its work, or after it.
WAYS = {
    "fails": "echo '{name}: error: Unable to contact slurm controller (connect failure)' >&2; exit 1",
    "hangs": "exec sleep 600",
    "loses its answer": '"{real}" "$@" >/dev/null; '
    "echo '{name}: error: Socket timed out on send/recv operation' >&2; exit 1",
    "works and then hangs": '"{real}" "$@" >/dev/null; exec sleep 600',
    "says nothing": '"{real}" "$@" >/dev/null',
}

#: The real conductor, whose scheduler commands have 2 s rather than a minute.
HASTY = """\
import sys
from pathlib import Path
from maestro_conductor import conduct
from maestro_conductor.backends.discovery import create_adapter
def create(name, options):
    return create_adapter(name, {**options, "timeout": 2.0})
sys.exit(conduct(Path(sys.argv[1]), scheduler_factory=create))
"""


def trouble(folder: Path, way: str, times: int, commands: tuple[str, ...] = COMMANDS) -> Path:
    """A folder for the PATH, with commands that do not work for so many calls."""
    folder.mkdir()
    for name in commands:
        real = shutil.which(name)
        path = folder / name
        path.write_text(
            f"""\
#!/bin/sh
n=1
while [ "$n" -le {times} ]; do
  if mkdir "{folder}/{name}.$n" 2>/dev/null; then
    {WAYS[way].format(name=name, real=real)}
    exit
  fi
  n=$((n + 1))
done
exec "{real}" "$@"
"""
        )
        path.chmod(0o755)
    return folder


def conduct(root: Path, path: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
    return subprocess.Popen([sys.executable, "-c", HASTY, str(root)], env=environment)


@pytest.mark.parametrize("way", WAYS)
def test_commands_that_do_not_work_for_a_while(slurm: SlurmCluster, tmp_path, way):
    root = make_workspace(
        tmp_path / "w",
        [
            StepPlan("a", [COUNT + "sleep 0.2"] * 6, resources=JOB),
            StepPlan("here", [COUNT]),
            StepPlan("last", [COUNT], funnels=["a"], needs=["here"], resources=JOB),
        ],
        batch=BATCH,
        run={"sleep": 0.5, "study_id": secrets.token_hex(6)},
    )
    path = trouble(tmp_path / "bin", way, 2)
    with conduct(root, path) as process:
        assert process.wait(120) == 0
    assert (path / "sbatch.2").exists()
    assert (path / "squeue.2").exists()
    assert set(ends(root).values()) == {"FINISHED"}
    assert set(runs(root).values()) == {1}
    assert not submitted_twice([root])


@pytest.mark.parametrize("way", ["fails", "works and then hangs"])
def test_a_cancellation_that_is_not_taken_at_first(slurm: SlurmCluster, tmp_path, way):
    root = make_workspace(
        tmp_path / "w",
        [StepPlan("job", [COUNT + "sleep 600"] * 3, resources=JOB)],
        batch=BATCH,
        run={"sleep": 0.5, "study_id": secrets.token_hex(6)},
    )
    path = trouble(tmp_path / "bin", way, 2, ("scancel",))
    with conduct(root, path) as process:
        slurm.until(lambda: (root / "job/N.2/count").exists(), "all jobs run")
        (root / ".cancel.lock").touch()
        assert process.wait(60) == 3
    assert (path / "scancel.1").exists()
    assert set(ends(root).values()) == {"CANCELLED"}
    assert read_run(root).study_id not in slurm.run("squeue", "-h", "-o", "%200k")
