"""How many slots there are: the cores that this process may use."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

__all__ = ["slurm_cores", "usable_cores"]

#: ``8(x3)`` or ``8``: cores of a node, and how many nodes in a row have as many.
_CORES = re.compile(r"(\d+)(?:\(x(\d+)\))?", re.ASCII)


def usable_cores(environment: Mapping[str, str] | None = None) -> int:
    """Cores of the Slurm allocation around this process, or else those that it may run on.

    Inside an allocation a launcher (``srun --exact``) spreads steps over all of its nodes, so the
    cores of this node alone would leave the others idle.
    """
    cores = slurm_cores(os.environ if environment is None else environment)
    if cores:
        return cores
    if hasattr(os, "sched_getaffinity"):  # Linux; elsewhere a process may run on every core
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def slurm_cores(environment: Mapping[str, str]) -> int | None:
    """Cores of the Slurm allocation that the environment tells of, or None.

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
