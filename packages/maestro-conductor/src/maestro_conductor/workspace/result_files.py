"""Open the files that steps leave as results: anything may be in their place. Reads the workspace."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["missing_result", "open_result"]

#: Not there, or not what it must be. Other trouble may pass.
_MISSING = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EINVAL, errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG}
)


def open_result(root: Path, workspace: str, file: str) -> int:
    """Open a result of an instance. It never waits, and never reads a device.

    Links are followed as far as they lead to a place in the workspace.

    Args:
        root: the workspace.
        workspace: folder of the instance, relative to it.
        file: path in that folder.

    Returns:
        A descriptor of a file of bytes.

    Raises:
        OSError: it is not there, cannot be opened, is no file, or is outside.
    """
    path = f"{workspace}/{file}"
    stay_inside(root, path)
    return open_regular(f"{root}/{path}", follow=True)


def missing_result(root: Path, workspace: str, files: Iterable[str]) -> str | None:
    """Return why one of these results counts as not there, for people; None: all are there.

    Args:
        root: the workspace.
        workspace: folder of the instance, relative to it.
        files: paths in that folder.

    Raises:
        OSError: it cannot be told for now.
    """
    for file in files:
        _refresh(root / workspace)
        try:
            os.close(open_result(root, workspace, file))
        except OSError as error:
            if error.errno not in _MISSING:
                raise
            if error.errno == errno.ENOENT:
                return f"its result {file} is not there"
            return f"its result {file} is not there as a file: {error.strerror}"
    return None


def _refresh(folder: Path) -> None:
    """Have a network file system look again: a node that wrote a file may be ahead of what is cached here."""
    try:
        os.close(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NONBLOCK))
    except OSError:
        return  # what is wrong is told of the file
