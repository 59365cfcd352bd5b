"""Stay inside the workspace: a step, or anyone, may have put a link in the place of one of its folders."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

__all__ = ["stay_inside"]


def stay_inside(root: Path, folder: str) -> None:
    """Refuse a folder to which a link leads out of the workspace.

    The workspace itself may be reached through links, and links inside it may lead about in it.

    Args:
        root: the workspace.
        folder: relative to it; it need not be there.

    Raises:
        OSError: EINVAL, with the path of the link.
    """
    path = str(root)
    for part in folder.split("/"):
        path = f"{path}/{part}"
        try:
            mode = os.lstat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return
        if stat.S_ISLNK(mode):
            _refuse_outside(root, path)


def _refuse_outside(root: Path, path: str) -> None:
    real, target = Path(os.path.realpath(root)), Path(os.path.realpath(path))
    if not target.is_relative_to(real):
        raise OSError(errno.EINVAL, f"it is a link out of the workspace, to {target}", path)
