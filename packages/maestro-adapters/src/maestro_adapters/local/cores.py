"""Counts the cores that this process may use: so many slots there are. Reads /proc and /sys."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

__all__ = ["quota_cores", "slurm_cores", "usable_cores"]

#: ``8(x3)`` or ``8``: cores of a node, and how many nodes in a row have as many.
_CORES = re.compile(r"(\d+)(?:\(x(\d+)\))?", re.ASCII)


def usable_cores(environment: Mapping[str, str] | None = None, root: Path = Path("/")) -> int:
    """Count the cores of the Slurm allocation around this process, or else those that it may run on.

    Inside an allocation a launcher (``srun --exact``) spreads steps over all of its nodes, so the
    cores of this node alone would leave the others idle. In a container, the share of processor
    time may be worth fewer cores than there are.

    Args:
        environment: None: that of this process.
        root: as in `quota_cores`.
    """
    cores = slurm_cores(os.environ if environment is None else environment)
    if cores:
        return cores
    if not hasattr(os, "sched_getaffinity"):  # not Linux: a process may run on every core
        return os.cpu_count() or 1
    cores = len(os.sched_getaffinity(0))
    return min(cores, quota_cores(root) or cores)


def slurm_cores(environment: Mapping[str, str]) -> int | None:
    """Count the cores of the Slurm allocation that the environment tells of; None: there is none.

    Variables: https://slurm.schedmd.com/sbatch.html, "OUTPUT ENVIRONMENT VARIABLES":
    ``SLURM_JOB_CPUS_PER_NODE`` ("count[(xREPETITIONS)]", by node), ``SLURM_CPUS_ON_NODE`` (of this
    node) and ``SLURM_JOB_NUM_NODES``.
    """
    if not environment.get("SLURM_JOB_ID"):
        return None
    counts = [
        _CORES.fullmatch(item) for item in environment.get("SLURM_JOB_CPUS_PER_NODE", "").split(",")
    ]
    if all(counts):
        return sum(int(count[1]) * int(count[2] or 1) for count in counts if count)
    try:
        return int(environment["SLURM_CPUS_ON_NODE"]) * int(
            environment.get("SLURM_JOB_NUM_NODES", "1")
        )
    except (KeyError, ValueError):
        return None


def quota_cores(root: Path = Path("/")) -> int | None:
    """Count the cores that the processor time of this process's control groups is worth; None: no limit.

    A group is limited by those above it, too. Half a core is worth one.

    Files: cgroups(7), /proc/self/cgroup; ``cpu.max`` of
    https://docs.kernel.org/admin-guide/cgroup-v2.html; ``cpu.cfs_quota_us`` and
    ``cpu.cfs_period_us`` of https://docs.kernel.org/scheduler/sched-bwc.html.

    Args:
        root: where ``proc`` and ``sys`` are.
    """
    try:
        groups = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    shares: list[float] = []
    for line in groups:
        number, controllers, path = line.split(":", 2)
        if number == "0" and not controllers:
            shares += _shares(root / "sys/fs/cgroup", path, "cpu.max")
        elif "cpu" in controllers.split(","):
            mount = root / "sys/fs/cgroup" / controllers
            shares += _shares(mount, path, "cpu.cfs_quota_us", "cpu.cfs_period_us")
    return max(1, math.ceil(min(shares))) if shares else None


def _shares(mount: Path, group: str, *names: str) -> Iterator[float]:
    """Yield the cores that a group and those above it are each worth, where limited.

    A container may see its own group as the root and still be told its path outside; then only
    the root is there.
    """
    folder = PurePosixPath(group.lstrip("/"))
    for path in (folder, *folder.parents):
        try:
            words = " ".join((mount / path / name).read_text() for name in names).split()
            quota, period = int(words[0]), int(words[1])
        except (OSError, ValueError, IndexError):  # no such file, or `max`: no limit
            continue
        if quota > 0 and period > 0:  # -1: no limit
            yield quota / period
