"""What steps get of a real Slurm: nodes, tasks, cores and GPUs; and why `--ntasks` is not always said.

"What is particular about `slurm`" in `docs/adapters.md` is shown here.
"""

from __future__ import annotations

from typing import Any

import pytest

from maestro_adapters.job import states
from maestro_adapters.slurm import adapter as slurm_adapter
from maestro_adapters.testing.contract import Bench

pytestmark = pytest.mark.slurm

LAUNCHES = "$(LAUNCHER) hostname"
SRUN = "srun hostname"


@pytest.fixture
def bench(slurm, tmp_path):
    return Bench(slurm_adapter.create({"timeout": 60}), tmp_path, 60)


def run(bench: Bench, **request: Any) -> tuple[str, int, str]:
    """How a job ends, how many lines it prints, and its errors."""
    (job,) = bench.submit(request)
    (end,) = bench.ends([job])
    errors = "".join(path.read_text() for path in job.workspace.glob("*.err"))
    return end["state"], len(job.output.splitlines()), errors


def test_on_shared_nodes_a_launch_has_one_cpu_per_node(bench):
    state, copies, errors = run(bench, command=LAUNCHES, nodes=4, procs=32)
    assert (state, copies) == (states.FAILED, 0)
    assert "More processors requested than permitted" in errors


@pytest.mark.parametrize(
    "request_", [{"exclusive_allocation": True}, {"allocation_args": {"ntasks": 32}}]
)
def test_two_ways_to_have_enough(bench, request_):
    state, copies, _ = run(bench, command=LAUNCHES, nodes=4, procs=32, **request_)
    assert (state, copies) == (states.FINISHED, 32)


def test_parts_of_the_tasks_side_by_side(bench):
    command = "$(LAUNCHER)[1n, 4p] hostname & $(LAUNCHER)[3n, 12p] hostname & wait"
    args = {"ntasks": 16}
    state, copies, _ = run(bench, command=command, nodes=4, procs=16, allocation_args=args)
    assert (state, copies) == (states.FINISHED, 16)


def test_a_launch_has_the_job_s_cores_and_gpus(bench):
    """Both are asked for in the allocation and given to `srun`."""
    (job,) = bench.submit(
        {
            "command": "$(LAUNCHER) sh -c 'echo $SLURM_CPUS_PER_TASK $CUDA_VISIBLE_DEVICES'",
            "procs": 2,
            "cores_per_task": 3,
            "gpus": 2,
        }
    )
    (end,) = bench.ends([job])
    assert end["state"] == states.FINISHED
    assert job.output == b"3 0,1\n" * 2


@pytest.mark.parametrize(
    ("request_", "with_ntasks"),
    [
        # Slurm takes away the nodes that exceed the tasks.
        ({"command": "echo $SLURM_JOB_NUM_NODES | grep 4", "nodes": 4, "procs": 2}, None),
        # A plain srun starts as many copies as there are tasks.
        ({"command": f"[ $({SRUN} | wc -l) = 2 ]", "nodes": 2, "procs": 4}, None),
        # More tasks than CPUs are refused, although a launch with --overcommit takes them.
        (
            {
                "command": f"[ $({LAUNCHES} | wc -l) = 16 ]",
                "nodes": 1,
                "procs": 16,
                "launcher_args": {"overcommit": None},
            },
            "Requested node configuration is not available",
        ),
    ],
    ids=["nodes", "copies", "overcommit"],
)
def test_studies_that_would_not_run_with_ntasks(bench, request_, with_ntasks):
    state, _, errors = run(bench, exclusive_allocation=True, **request_)
    assert state == states.FINISHED, errors
    ntasks = {"allocation_args": {"ntasks": request_["procs"]}}
    (job,) = bench.submit({"exclusive_allocation": True, **request_, **ntasks})
    if with_ntasks is not None:
        assert with_ntasks in job.answer["error"]
        return
    (end,) = bench.ends([job])
    assert end["state"] == states.FAILED
