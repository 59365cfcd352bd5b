"""The local pool inside an allocation of a real Slurm: many small steps packed over its nodes."""

from __future__ import annotations

import json
import sys

import pytest

from maestro_adapters.job import states
from maestro_adapters.slurm import adapter as slurm_adapter
from maestro_adapters.testing.contract import Bench

pytestmark = pytest.mark.slurm

#: Runs in the allocation: 40 steps of one task each through the local adapter, as a study of type
#: `local` with a launcher template would.
POOL = r"""
import collections, json, pathlib, sys, time
from maestro_adapters.local.adapter import create

root = pathlib.Path(sys.argv[1])
adapter = create({"launcher": "srun --exact -N1 -n {procs}"})
slots = adapter.describe()["slots"]
jobs = []
for number in range(40):
    workspace = root / f"step-{number}"
    workspace.mkdir()
    request = {
        "name": "step", "workspace": str(workspace), "procs": 1, "scheduled": False,
        "command": "$(LAUNCHER) sh -c 'echo $SLURMD_NODENAME $(date +%s.%N); sleep 0.5; date +%s.%N'",
    }
    text = adapter.render(request)
    script = workspace / text["script_name"]
    script.write_text(text["script"])
    jobs.append({"key": str(number), "token": f"mpool.{number}.1", "attempt": 1,
                 "script": str(script), "request": request})
ends = {}
waiting = collections.deque(jobs)
live = {}
while waiting or live:
    while waiting and len(live) < slots:
        job = waiting.popleft()
        live[adapter.submit([job])[job["key"]]["job"]] = job["key"]
    for job_id, answer in adapter.poll(list(live)).items():
        if answer["state"] not in ("PENDING", "RUNNING"):
            ends[live.pop(job_id)] = answer["state"]
    time.sleep(0.02)
(root / "report.json").write_text(json.dumps({"slots": slots, "ends": ends}))
"""


@pytest.fixture
def bench(slurm, tmp_path):
    return Bench(slurm_adapter.create({"timeout": 60}), tmp_path, 120, {})


def test_steps_are_packed_over_the_nodes_of_the_allocation(bench, tmp_path):
    pool = tmp_path / "pool.py"
    pool.write_text(POOL)
    (job,) = bench.submit(
        {
            "command": f"{sys.executable} {pool} {tmp_path}",
            "nodes": 4,
            "allocation_args": {"ntasks": 16},
        }
    )
    (end,) = bench.ends([job])
    log = "".join(path.read_text() for path in job.workspace.glob("*.err"))
    assert end["state"] == states.FINISHED, log
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["slots"] == 16
    assert set(report["ends"].values()) == {"FINISHED"}
    nodes = set()
    moments = []
    for step in tmp_path.glob("step-*"):
        (out,) = step.glob("*.out")
        node, began, ended = out.read_text().split()
        nodes.add(node)
        moments += [(float(began), 1), (float(ended), -1)]
    assert nodes == {"n1", "n2", "n3", "n4"}
    running = most = 0
    for _, change in sorted(moments):
        running += change
        most = max(most, running)
    # More than one node could take, and never more than there are slots.
    assert 4 < most <= 16
