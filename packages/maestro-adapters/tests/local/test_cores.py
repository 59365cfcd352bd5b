"""How many slots there are by default.

Would catch a machine that is overloaded, or left idle: in an allocation, in a container, under a quota.
"""

import os

import pytest

from maestro_adapters.local.adapter import create
from maestro_adapters.local.cores import quota_cores, slurm_cores, usable_cores


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
def test_cores_of_a_slurm_allocation(tmp_path, environment, cores):
    assert slurm_cores(environment) == cores
    assert usable_cores(environment, tmp_path) == (cores or len(os.sched_getaffinity(0)))


V2 = "0::/user.slice/user-7.slice\n"
V1 = "5:memory:/docker/9f\n4:cpu,cpuacct:/docker/9f\n0::/docker/9f\n"


@pytest.mark.parametrize(
    ("groups", "files", "cores"),
    [
        (None, {}, None),
        ("", {}, None),
        ("garbage:x:/\n", {}, None),
        (V2, {}, None),
        (V2, {"user.slice/user-7.slice/cpu.max": "max 100000\n"}, None),
        (V2, {"user.slice/user-7.slice/cpu.max": "200000 100000\n"}, 2),
        (V2, {"user.slice/user-7.slice/cpu.max": "150000 100000\n"}, 2),
        (V2, {"user.slice/user-7.slice/cpu.max": "20000 100000\n"}, 1),
        # A group above it gives less; the whole machine's group has no such file.
        (
            V2,
            {"user.slice/user-7.slice/cpu.max": "max 100000\n", "user.slice/cpu.max": "3000 1000\n"},
            3,
        ),
        # In a container with a view of its own its group is the root.
        ("0::/\n", {"cpu.max": "400000 100000\n"}, 4),
        (V1, {"cpu,cpuacct/docker/9f/cpu.cfs_quota_us": "-1\n",
              "cpu,cpuacct/docker/9f/cpu.cfs_period_us": "100000\n"}, None),
        (V1, {"cpu,cpuacct/docker/9f/cpu.cfs_quota_us": "250000\n",
              "cpu,cpuacct/docker/9f/cpu.cfs_period_us": "100000\n"}, 3),
        # The path outside, the files inside.
        (V1, {"cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
              "cpu,cpuacct/cpu.cfs_period_us": "100000\n"}, 1),
    ],
)  # fmt: skip
def test_cores_of_a_quota(tmp_path, groups, files, cores):
    make_groups(tmp_path, groups, files)
    assert quota_cores(tmp_path) == cores


def make_groups(tmp_path, groups, files):
    (tmp_path / "proc/self").mkdir(parents=True)
    if groups is not None:
        (tmp_path / "proc/self/cgroup").write_text(groups)
    for name, text in files.items():
        path = tmp_path / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


CORES = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("quota", "cores"), [("max", CORES), ("100000", 1), (f"{100_000 * (CORES + 9)}", CORES)]
)
def test_a_quota_makes_the_slots_fewer(tmp_path, quota, cores):
    make_groups(tmp_path, "0::/\n", {"cpu.max": f"{quota} 100000\n"})
    assert usable_cores({}, tmp_path) == cores
    allocation = {"SLURM_JOB_ID": "1", "SLURM_JOB_CPUS_PER_NODE": "8(x4)"}
    assert usable_cores(allocation, tmp_path) == 32


def test_the_adapter_takes_the_usable_cores(monkeypatch):
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    adapter = create({})
    assert adapter.describe()["slots"] == usable_cores()
    adapter.close()
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    monkeypatch.setenv("SLURM_JOB_CPUS_PER_NODE", "8(x4)")
    adapter = create({})
    assert adapter.describe()["slots"] == 32
    adapter.close()
    adapter = create({"slots": 3})
    assert adapter.describe()["slots"] == 3
    adapter.close()
