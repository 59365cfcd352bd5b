"""Claim a study's final folder: see whether it may be taken, and lock it.

Two starts never share a folder: a new one is made by an exclusive ``mkdir`` or found empty, and
then locked; that of a study which is to be replaced is locked against a conductor.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from maestro_cli.errors import StudyError
from maestro_cli.launch import leftovers
from maestro_cli.study.folders import Kind, kind_of
from maestro_cli.ui.sanitize import shell_word

__all__ = ["Claim", "claim", "make_parents", "replaceable"]


@frozen
class Claim:
    """A final folder that is ours.

    Attributes:
        lock: The open file that holds the lock.
        is_new: Whether the folder was made by us.
        replaces: Whether it holds a study that is to be replaced.
    """

    lock: int
    is_new: bool
    replaces: bool

    def release(self) -> None:
        """Let go of the lock."""
        os.close(self.lock)


def claim(root: Path, *, replace: bool) -> Claim:
    """Take a folder for a new workspace; its parent exists.

    Args:
        root: The folder; it may be absent or empty.
        replace: What is there is a study workspace, and may be replaced.

    Raises:
        StudyError: It holds something that may not be replaced, or somebody else takes it.
    """
    leftovers.put_back(root)
    try:
        root.mkdir()
        is_new = True
    except FileExistsError:
        is_new = False
        if replaceable(root):
            if not replace:
                raise StudyError(
                    f"{root} holds a study already", hint="give another folder, or --autoyes"
                ) from None
            return Claim(_keep_conductors_off(root), is_new=False, replaces=True)
    lock = _lock(root)
    if any(root.iterdir()):  # somebody was faster, between our check and our claim
        os.close(lock)
        raise StudyError(
            f"another program has just put something into {root}", hint="give another folder"
        )
    return Claim(lock, is_new=is_new, replaces=False)


def make_parents(root: Path) -> list[Path]:
    """Make the folders above a workspace, all or none.

    Returns:
        Those that were missing, the highest first.
    """
    missing = []
    parent = root.parent
    while not parent.exists():
        missing.append(parent)
        parent = parent.parent
    made: list[Path] = []
    try:
        for folder in reversed(missing):
            with suppress(FileExistsError):
                folder.mkdir()
                made.append(folder)
    except OSError:
        for folder in reversed(made):
            with suppress(OSError):  # not empty: somebody else uses it by now
                folder.rmdir()
        raise
    return made


def replaceable(root: Path) -> bool:
    """Return whether a folder holds a study that may be replaced after a question.

    Returns:
        False where it is absent or empty, so that there is nothing to ask.

    Raises:
        StudyError: It may not be replaced, whatever the user says.
    """
    leftovers.put_back(root)
    kind = kind_of(root)
    if kind in (Kind.ABSENT, Kind.EMPTY):
        return False
    if kind is Kind.WORKSPACE:
        from maestro_conductor.workspace import conductor_lock

        holder = conductor_lock.holder(root)
        if holder is not None:
            raise StudyError(
                f"{root} holds a running study: its conductor is alive",
                hint=f"to change it while it runs: maestro amend {shell_word(root)} STUDY.yaml. Or"
                f" cancel it first (maestro cancel {shell_word(root)}), or give another folder",
            )
        return True
    if kind is Kind.UPSTREAM:
        raise StudyError(
            f"{root} is a study of maestrowf 1.x; whether it still runs cannot be told",
            hint="delete it yourself, or give another folder",
        )
    what = "is a file" if kind is Kind.FILE else "exists and is not a study"
    raise StudyError(
        f"{root} {what}: it is not replaced", hint="give a folder that is new or empty"
    )


def _keep_conductors_off(root: Path) -> int:
    """Hold the lock of a workspace, as the format's page says; return the open file."""
    from maestro_conductor.errors import HeldError
    from maestro_conductor.workspace import conductor_lock

    try:
        return conductor_lock.keep_off(root)
    except HeldError:
        raise StudyError(
            f"a conductor has just taken {root}", hint="give another folder, or cancel that study"
        ) from None


def _lock(root: Path) -> int:
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StudyError(
            f"another `maestro run` is making a study in {root} right now",
            hint="give another folder",
        ) from None
    except OSError:
        # A file system without locks for folders (some NFS): `mkdir` alone has to do.
        pass
    return descriptor
