"""How many slots there are by default."""

import os

import pytest

from maestro_adapters.local.adapter import create
from maestro_adapters.local.capacity import slurm_cores, usable_cores


@pytest.mark.parametrize(
    ("environment", "cores"),
    [
        ({}, None),
        ({"SLURM_JOB_CPUS_PER_NODE": "8"}, None),  # left over from elsewhere: no allocation
        ({"SLURM_JOB_ID": "1"}, None),
        ({"SLURM_JOB_ID": "1", "SLURM_JOB_CPUS_PER_NODE": "8"}, 8),
        ({"SLURM_JOB_ID": "1", "SLURM_JOB_CPUS_PER_NODE": "8(x4)"}, 32),
        ({"SLURM_JOB_ID": "1", "SLURM_JOB_CPUS_PER_NODE": "72(x2),36"}, 180),
        ({"SLURM_JOB_ID": "1", "SLURM_JOB_CPUS_PER_NODE": "4,8(x2),2"}, 22),
        ({"SLURM_JOB_ID": "1", "SLURM_JOB_CPUS_PER_NODE": "?", "SLURM_CPUS_ON_NODE": "8"}, 8),
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_ON_NODE": "8", "SLURM_JOB_NUM_NODES": "4"}, 32),
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_ON_NODE": "x"}, None),
    ],
)
def test_cores_of_a_slurm_allocation(environment, cores):
    assert slurm_cores(environment) == cores
    assert usable_cores(environment) == (cores or len(os.sched_getaffinity(0)))


def test_the_adapter_takes_the_usable_cores(monkeypatch):
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    adapter = create({})
    assert adapter.describe()["slots"] == len(os.sched_getaffinity(0))
    adapter.close()
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    monkeypatch.setenv("SLURM_JOB_CPUS_PER_NODE", "8(x4)")
    adapter = create({})
    assert adapter.describe()["slots"] == 32
    adapter.close()
    adapter = create({"slots": 3})
    assert adapter.describe()["slots"] == 3
    adapter.close()
