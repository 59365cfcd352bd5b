"""Tell the folder of a study from a copy of it, where the file system allows that. Looks at the disk."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import attrs

__all__ = ["FolderIdentity", "identify"]

_FOLDER = ".maestro"
#: File systems whose folders keep their inode number when they are renamed or moved within it, and
#: show the same one on every host and each time they are mounted. FUSE and overlays do not.
_STEADY = frozenset(
    {"ext2", "ext3", "ext4", "xfs", "f2fs", "zfs", "tmpfs", "nfs", "nfs4", "lustre"}
)
_MOUNTS = Path("/proc/self/mountinfo")


@attrs.frozen
class FolderIdentity:
    """What tells one folder from another, and stays with it.

    Attributes:
        device: number of its file system, until this host boots again.
        inode: its number there; a copy has another one.
    """

    device: int
    inode: int


def identify(root: Path) -> FolderIdentity | None:
    """Return what tells a study's ``.maestro/`` from a copy of it; None: its file system does not.

    Args:
        root: the workspace.
    """
    try:
        found = (root / _FOLDER).stat()
    except OSError:
        return None
    if _type_of(found.st_dev) not in _STEADY:
        return None
    return FolderIdentity(found.st_dev, found.st_ino)


def _type_of(device: int) -> str | None:
    """Return the type of a file system, as the kernel's table of mounts has it (proc(5))."""
    number = f"{os.major(device)}:{os.minor(device)}"
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in _MOUNTS.read_text("utf-8", "surrogateescape").splitlines():
            words = line.split(" ")
            if words[2] == number:
                return words[words.index("-") + 1]
    return None
