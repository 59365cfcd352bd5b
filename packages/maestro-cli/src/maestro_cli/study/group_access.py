"""Open a study to its group, which may then look at it, cancel and update it: ``--group-access``."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

#: The environment in which the study was made, and what is called at its end (an address with a
#: password in it, say): they stay the user's own.
_OWN = frozenset({Path("meta", "environment.yaml"), Path(".maestro", "on-end.json")})

#: What is made in a folder later gets its group.
_READ_FOLDER, _READ_FILE = 0o2050, 0o040
#: Requests are made in the study's folder, with the group of the folder; nobody may delete what is
#: not theirs.
_ASK = 0o3070


def open_to_group(folder: Path, group: int) -> None:
    """Let a group read all of a new workspace but the environment, and make requests in it.

    Args:
        folder: The workspace.
        group: Id of the group.

    Raises:
        OSError: The modes cannot be changed there.
    """
    let_group_read(folder, group)
    _give(folder, group, _ASK)


def let_group_read(folder: Path, group: int) -> None:
    """Let a group read all of a workspace, or of what becomes of one, but the environment.

    Args:
        folder: The workspace.
        group: Id of the group.

    Raises:
        OSError: The modes cannot be changed there.
    """
    for place, _, names in os.walk(folder):
        _give(Path(place), group, _READ_FOLDER)
        for name in names:
            path = Path(place, name)
            if path.relative_to(folder) not in _OWN:
                _give(path, group, _READ_FILE)


def _give(path: Path, group: int, bits: int) -> None:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return
    if status.st_gid != group:
        with suppress(OSError):  # a group that the user is not in: the bits hold for the other one
            os.chown(path, -1, group)
    path.chmod(stat.S_IMODE(path.stat().st_mode) | bits)


def owner(path: Path) -> str:
    """Return whom a folder belongs to, for messages."""
    import pwd

    try:
        number = path.stat().st_uid
    except OSError:
        return "somebody else"
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def ask_owner(root: Path) -> str:
    """Return what to do about a study that one may not touch, for messages."""
    return (
        f"it belongs to {owner(root)}: ask for it, or for a study made with "
        "`maestro run --group-access`, which the group may follow, cancel and update"
    )
