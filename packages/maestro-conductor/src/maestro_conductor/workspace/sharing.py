"""Share a workspace with a group, as `maestro run --group-access` asks.

``.maestro/`` itself tells: its group may read it. See "Who may do what" on the workspace format page.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.paths import REQUESTS

__all__ = ["is_shared", "make_requests_folder", "open_to_group"]

_GROUP_MAY_READ = 0o050
#: Whoever is of the group may put a request there, and take away only their own.
_REQUESTS_MODE = 0o3770


def is_shared(root: Path) -> bool:
    """Tell whether a workspace's group may read what is known of its study."""
    try:
        return bool((root / ".maestro").stat().st_mode & stat.S_IRGRP)
    except OSError:
        return False


@contextlib.contextmanager
def open_to_group(root: Path) -> Iterator[None]:
    """In a shared workspace, let the group read what this process and its children make meanwhile.

    That holds whatever the umask is: scripts, their output and their folders are made by many.
    """
    if not is_shared(root):
        yield
        return
    before = os.umask(0o077)
    os.umask(before & ~_GROUP_MAY_READ)
    try:
        yield
    finally:
        os.umask(before)


def make_requests_folder(folder: Path) -> None:
    """Make the folder of requests; in a shared workspace the group may ask, too.

    Raises:
        OSError: it cannot be made, or is a link out of the workspace.
    """
    stay_inside(folder.parent.parent, REQUESTS)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    if is_shared(folder.parent.parent):
        folder.chmod(_REQUESTS_MODE)
