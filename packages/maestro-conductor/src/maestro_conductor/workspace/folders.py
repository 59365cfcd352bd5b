"""Make folders of a workspace, and never the workspace."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from maestro_conductor.workspace.inside import stay_inside

__all__ = ["make_folder"]


def make_folder(root: Path, workspace: str) -> None:
    """Make a folder below the root, and those between; it may be there.

    Args:
        root: the workspace, which somebody may have deleted or moved.
        workspace: the folder, relative to it.

    Raises:
        FileNotFoundError: the root is not there.
        OSError: the folder cannot be made, or a link in its place leads out of the workspace.
    """
    stay_inside(root, workspace)
    _make(root, workspace)


def _make(root: Path, workspace: str) -> None:
    if not workspace:
        if not root.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(root))
        return
    try:
        os.mkdir(f"{root}/{workspace}")  # noqa: PTH102 - once per step; a Path costs as much again
    except FileExistsError:
        return
    except FileNotFoundError:
        above, _, _ = workspace.rpartition("/")
        _make(root, above)
        Path(root, workspace).mkdir(exist_ok=True)
