"""The drivers of a workspace: finding those that live, and killing them."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from maestro_conductor.attempt_files import read_attempt


def drivers(root: Path) -> list[int]:
    """Process ids of the drivers that live: of local steps, and of jobs of a Slurm on this machine."""
    return sorted({*_local(root), *_of_jobs(root)})


def kill_drivers(root: Path, most: int | None = None) -> int:
    """Kill drivers, at most so many; gives how many there were to kill."""
    hit = 0
    for pid in drivers(root)[:most]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            hit += 1
    return hit


def lost_attempts(root: Path) -> list[Path]:
    """Attempt files that have a start and no end."""
    found = []
    for path in [*root.glob("*/.attempt.*"), *root.glob("*/*/.attempt.*")]:
        number = int(path.name.rpartition(".")[2])
        if read_attempt(path.parent, number).fate == "started":
            found.append(path)
    return found


def _local(root: Path) -> Iterator[int]:
    """By their arguments (`maestro_adapters.driver.LOCAL`), so before their first act, too.

    A driver leads its session; a fork of it that has yet to become the script does not.
    """
    inside = os.fsencode(f"{root}/")
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        words = _words(int(entry.name))
        if words[3:4] == [b"maestro"] and words[4:5] and words[4].startswith(inside):
            pid = int(entry.name)
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(pid) == pid:
                    yield pid


def _of_jobs(root: Path) -> Iterator[int]:
    for path in lost_attempts(root):
        pid = read_attempt(path.parent, int(path.name.rpartition(".")[2])).pid
        if pid is not None and b"".join(_words(pid)).endswith(b"/slurm_script"):
            yield pid


def _words(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:-1]
    except OSError:
        return []
