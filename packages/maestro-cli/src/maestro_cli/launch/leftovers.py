"""Make hidden folders beside a study's, and tidy up those that a dead process left.

``.tmp`` is a study that was being made, ``.old`` one that stood aside while another took its place.

Whoever assembles a study holds a lock on its temporary folder, and the lock dies with the process.
So one that can be locked belongs to nobody. Where a file system has no locks for folders (some
NFS), none can be locked, and all stay.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from maestro_cli.study.folders import Kind, aside, kind_of, stem

__all__ = ["make", "put_back", "remove", "sibling"]

#: What `maestro run` without `--out` puts behind a study's name.
_STAMP = r"_\d{8}-\d{6}(-\d+)?"


def sibling(root: Path, ending: str) -> Path:
    """Return a hidden name beside a study's folder that nobody else has."""
    return root.parent / f".{stem(root.name)}.{os.urandom(4).hex()}.{ending}"


def make(root: Path) -> tuple[Path, int]:
    """Make a temporary folder for a study, and lock it.

    Returns:
        The folder, and the open file that holds the lock.

    Raises:
        OSError: It cannot be made.
    """
    while True:
        folder = sibling(root, "tmp")
        folder.mkdir()
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:  # somebody removed it, as it had no lock yet
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # somebody removes it
            os.close(descriptor)
            continue
        except OSError:
            return folder, descriptor  # no locks here: nobody else can lock it either
        if folder.exists():
            return folder, descriptor
        os.close(descriptor)


def put_back(root: Path) -> None:
    """Put back the study that a killed start moved aside, where nothing has taken its place."""
    if kind_of(root) in (Kind.ABSENT, Kind.EMPTY) and (found := aside(root)):
        with suppress(OSError):  # something has: it stays aside
            if root.exists():
                root.rmdir()
            found[-1].rename(root)


def remove(root: Path) -> None:
    """Remove studies that were never completed, or were replaced, unless a process holds them."""
    if kind_of(root) is Kind.WORKSPACE:
        for folder in aside(root):
            shutil.rmtree(folder, ignore_errors=True)
    name = stem(re.sub(f"{_STAMP}$", "", root.name))
    ours = re.compile(rf"\.{re.escape(name)}({_STAMP})?\.[0-9a-f]{{8}}\.tmp")
    with os.scandir(root.parent) as entries:
        found = [entry.path for entry in entries if ours.fullmatch(entry.name)]
    for path in found:
        with suppress(OSError):  # it is gone, no folder of ours, or its process lives
            _remove(Path(path))


def _remove(folder: Path) -> None:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(folder, flags)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        names = os.listdir(folder)  # noqa: PTH208 - names are wanted
        if not names or ".maestro" in names:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
