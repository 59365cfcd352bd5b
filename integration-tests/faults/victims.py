"""Who watches over the scripts of a workspace: finding those that live, and killing them."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from maestro_conductor.workspace.attempt_file import read_attempt


def watchers(root: Path) -> list[int]:
    """Process ids that live: keepers of local steps, drivers of jobs of a Slurm on this machine."""
    return sorted({*_keepers(root), *_of_jobs(root)})


def kill_watchers(root: Path, most: int | None = None) -> int:
    """Kill them, at most so many; gives how many there were to kill."""
    hit = 0
    for pid in watchers(root)[:most]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            hit += 1
    return hit


def scripts(root: Path) -> list[int]:
    """Process ids of the scripts of this workspace that run."""
    inside = os.fsencode(f"MAESTRO_ATTEMPT={root}/")
    keepers = {pid for pid in _processes() if _words(pid)[-1:] == [b"maestro-keeper"]}
    return [
        pid
        for pid in _processes()
        if _parent(pid) in keepers
        and any(word.startswith(inside) for word in _words(pid, "environ"))
    ]


def lost_attempts(root: Path) -> list[Path]:
    """Attempt files that have a start and no end."""
    found = []
    for path in [*root.glob("*/.attempt.*"), *root.glob("*/*/.attempt.*")]:
        number = int(path.name.rpartition(".")[2])
        if read_attempt(path.parent, number).fate == "started":
            found.append(path)
    return found


def _keepers(root: Path) -> Iterator[int]:
    """Children of a conductor of this workspace, or parents of one of its scripts."""
    inside = os.fsencode(f"MAESTRO_ATTEMPT={root}/")
    parents = {pid: _parent(pid) for pid in _processes()}
    keepers = {pid for pid in parents if _words(pid)[-1:] == [b"maestro-keeper"]}
    for pid in keepers:
        if os.fsencode(root) in _words(parents[pid]):
            yield pid
    for pid, parent in parents.items():
        if parent in keepers and any(word.startswith(inside) for word in _words(pid, "environ")):
            yield parent


def _of_jobs(root: Path) -> Iterator[int]:
    for path in lost_attempts(root):
        pid = read_attempt(path.parent, int(path.name.rpartition(".")[2])).pid
        if pid is not None and b"".join(_words(pid)).endswith(b"/slurm_script"):
            yield pid


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()[1])
    return 0


def _words(pid: int, name: str = "cmdline") -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes().split(b"\0")[:-1]
    except OSError:
        return []
