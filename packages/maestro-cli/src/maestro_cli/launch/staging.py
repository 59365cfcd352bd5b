"""Makes a workspace whole or not at all.

The final folder is *reserved* first: made by an exclusive ``mkdir`` (or found empty) and locked,
so that two starts never share it. Everything is then written into a temporary folder beside it,
and `rename(2)` puts that in place. Whatever fails before, the user has what was there before.

::

    with staging.reserve(out) as stage:      # or replace=True, or staging.reserve_stamped(…)
        …write into stage.folder…            # stage.root is the path that it will have
        stage.publish()

A study that is to be replaced stays where it is until then, locked against a conductor, unless
something must write into the final folder before: `make_way` moves it aside, and back if we fail.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from maestro_cli.errors import StudyError
from maestro_cli.launch import leftovers
from maestro_cli.study.folders import Kind, absolute, kind_of
from maestro_cli.ui.console import warn
from maestro_cli.ui.sanitize import shell_word
from maestro_cli.ui.signals import undisturbed, unwinding


class Stage:
    """A workspace under construction; make one with :func:`reserve`.

    Attributes:
        root: Absolute path that the workspace will have. The folder exists; after `make_way` it
            holds only what somebody (a pgen file, a clone) put there meanwhile.
        folder: Where the workspace is assembled; locked, so that it is not taken for a leftover.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = Path()
        self._lock: int | None = None
        self._made_parents: list[Path] = []
        self._made_root = False
        self.shared = False
        self._claim: int | None = None
        self._replaced: int | None = None
        self._old: Path | None = None
        self._published = False
        self._unwinding = unwinding()

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            with undisturbed():
                self._tidy_up()
        finally:
            self._unwinding.__exit__(None, None, None)

    def _tidy_up(self) -> None:
        if not self._published:
            self._undo()
        elif self._old is not None:
            shutil.rmtree(self._old, ignore_errors=True)
            if self._old.exists():
                warn(
                    f"warning: a part of the old study could not be deleted: {shell_word(self._old)}"
                )
        for held in (self._lock, self._claim, self._replaced):
            if held is not None:
                os.close(held)

    def make_way(self) -> None:
        """Moves the study that is to be replaced aside, so that the final folder is empty."""
        if self._replaced is None or self._old is not None:
            return
        with undisturbed():
            aside = leftovers.sibling(self.root, "old")
            self.root.rename(aside)
            self._old = aside
            self.root.mkdir()

    def publish(self) -> None:
        """Puts the workspace in place; from here on it is there for good.

        Raises:
            StudyError: Somebody put something into the reserved folder that is in the way.
        """
        with undisturbed():
            self.make_way()
            self._collect()
            _take_over_mode(self.root, self.folder)
            if self.shared:
                from maestro_cli.study.group_access import open_to_group

                open_to_group(self.folder, self.root.stat().st_gid)
            try:
                self.folder.rename(self.root)
            except OSError as error:
                raise StudyError(
                    f"the study's folder {self.root} cannot be put in place: {error.strerror}",
                    hint=(
                        "it is the root of a mounted file system: give a folder inside it"
                        if error.errno in (errno.EBUSY, errno.EXDEV)
                        else "see whether somebody else writes into it, or give another one"
                    ),
                ) from error
            self._published = True

    def _collect(self) -> None:
        """Moves into the staging what the reserved folder holds by now."""
        for entry in list(self.root.iterdir()):
            target = self.folder / entry.name
            if os.path.lexists(target):
                raise StudyError(
                    f"{entry} was made while the study was set up, and the study has a file of "
                    "that name",
                    hint="let the pgen file or the dependency use another name",
                )
            entry.rename(target)

    def _undo(self) -> None:
        if self._lock is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self._old is not None:
            shutil.rmtree(self.root, ignore_errors=True)
            self._old.rename(self.root)
        elif self._claim is not None:
            _empty(self.root)
            if self._made_root:
                self.root.rmdir()
        for parent in reversed(self._made_parents):
            with suppress(OSError):  # not empty: somebody else uses it by now
                parent.rmdir()


def reserve(out: Path, *, replace: bool = False) -> Stage:
    """Takes a folder for a new workspace.

    Args:
        out: The folder; it may be absent or empty.
        replace: What is there is a study workspace and may go, once the new one is whole.

    Raises:
        StudyError: It holds something that may not be replaced, or cannot be made.
    """
    # A link as the last part is followed: renaming a folder over it would not work.
    root = out.resolve() if out.is_symlink() else absolute(out)
    stage = Stage(root)
    stage._unwinding.__enter__()
    try:
        with undisturbed():
            _make_parents(stage)
            leftovers.put_back(root)
            try:
                root.mkdir()
                stage._made_root = True
            except FileExistsError:
                _take_existing(stage, replace=replace)
            if stage._replaced is None:
                stage._claim = _claim(root)
                if any(root.iterdir()):  # somebody was faster between our look and our claim
                    os.close(stage._claim)
                    stage._claim = None
                    raise StudyError(
                        f"another program has just put something into {root}",
                        hint="give another folder",
                    )
            leftovers.remove(root)
            stage.folder, stage._lock = leftovers.make(root)
    except BaseException:
        stage.__exit__(None, None, None)
        raise
    return stage


def reserve_stamped(parent: Path, name: str, now: time.struct_time | None = None) -> Stage:
    """Takes ``<parent>/<name>_<YYYYMMDD-HHMMSS>``, with a number behind it when that is taken.

    Args:
        parent: The folder that it is made in.
        name: Of the study.
        now: The moment in its name, local time; None: that of the call.
    """
    stem = f"{name}_{time.strftime('%Y%m%d-%H%M%S', now or time.localtime())}"
    number = 1
    while True:
        candidate = parent / (stem if number == 1 else f"{stem}-{number}")
        number += 1
        if os.path.lexists(candidate):
            continue
        try:
            return reserve(candidate)
        except StudyError:
            if not os.path.lexists(candidate):
                raise


def replaceable(root: Path) -> bool:
    """Whether a folder is in the way of a new workspace, and may be replaced after a question.

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
                hint=f"cancel it first (maestro cancel {shell_word(root)}), or give another folder",
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


def _make_parents(stage: Stage) -> None:
    missing = []
    parent = stage.root.parent
    while not parent.exists():
        missing.append(parent)
        parent = parent.parent
    for folder in reversed(missing):
        with suppress(FileExistsError):
            folder.mkdir()
            stage._made_parents.append(folder)


def _take_existing(stage: Stage, *, replace: bool) -> None:
    if not replaceable(stage.root):
        return
    if not replace:
        raise StudyError(
            f"{stage.root} holds a study already", hint="give another folder, or --autoyes"
        )
    stage._replaced = _keep_conductors_off(stage.root)


def _keep_conductors_off(root: Path) -> int:
    """Holds the lock of a workspace, as the format's page says; gives the open file."""
    from maestro_conductor.errors import HeldError
    from maestro_conductor.workspace import conductor_lock

    try:
        return conductor_lock.keep_off(root)
    except HeldError:
        raise StudyError(
            f"a conductor has just taken {root}", hint="give another folder, or cancel that study"
        ) from None


def _claim(root: Path) -> int:
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


def _empty(folder: Path) -> None:
    for entry in list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()


def _take_over_mode(source: Path, target: Path) -> None:
    """A folder that somebody prepared keeps its mode and group."""
    wanted, got = source.stat(), target.stat()
    if wanted.st_gid != got.st_gid:
        with suppress(OSError):
            os.chown(target, -1, wanted.st_gid)
    target.chmod(wanted.st_mode & 0o7777)
