"""Says what this system offers to the local adapter. A test gives it one that offers less."""

from __future__ import annotations

import math
import resource
import sys
from collections.abc import Callable

import attrs

from maestro_adapters.local.processes import process_table

__all__ = ["System"]


def _most_files() -> float:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if files == resource.RLIM_INFINITY else files


@attrs.frozen
class System:
    """The kernel, and the Python that runs us.

    Attributes:
        python: the interpreter that a keeper is started with.
        can_scan: whether the environment of processes is shown.
        open_pidfd: a descriptor that becomes readable at a process's end; None: it cannot be had.
        most_files: how many descriptors this process may have open.
        reap_interval: s between two looks for processes that jobs left behind and that have ended.
    """

    python: str = attrs.Factory(lambda: sys.executable)
    can_scan: Callable[[], bool] = process_table.can_scan
    open_pidfd: Callable[[int], int | None] = process_table.open_pidfd
    most_files: Callable[[], float] = _most_files
    reap_interval: float = 5.0
