"""Make a workspace whole or not at all.

The final folder is *claimed* first (:mod:`maestro_cli.launch.claim`). Everything is then written
into a temporary folder beside it, and `rename(2)` puts that in place. Whatever fails before, the
user has what was there before.

::

    with staging.reserve(out) as stage:      # or replace=True, or staging.reserve_stamped(…)
        …write into stage.folder…            # stage.root is the path that it will have
        stage.publish()

A study that is to be replaced stays where it is until then, locked against a conductor, unless
something must write into the final folder before: `make_way` moves it aside, and back if we fail.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from maestro_cli.errors import StudyError
from maestro_cli.launch import leftovers
from maestro_cli.launch.claim import Claim, claim, make_parents
from maestro_cli.study.folders import absolute
from maestro_cli.ui.console import warn
from maestro_cli.ui.sanitize import shell_word
from maestro_cli.ui.signals import undisturbed, unwinding

__all__ = ["Stage", "reserve", "reserve_stamped"]


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
        self._claim: Claim | None = None
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

    def _open(self, *, replace: bool) -> None:
        """Take the final folder, and make the temporary one; `__exit__` undoes what was done."""
        self._unwinding.__enter__()
        try:
            with undisturbed():
                self._made_parents = make_parents(self.root)
                self._claim = claim(self.root, replace=replace)
                leftovers.remove(self.root)
                self.folder, self._lock = leftovers.make(self.root)
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def make_way(self) -> None:
        """Move the study that is to be replaced aside, so that the final folder is empty."""
        if self._claim is None or not self._claim.replaces or self._old is not None:
            return
        with undisturbed():
            aside = leftovers.sibling(self.root, "old")
            self.root.rename(aside)
            self._old = aside
            self.root.mkdir()

    def publish(self, *, shared: bool = False) -> None:
        """Put the workspace in place; from here on it is there for good.

        Args:
            shared: Open it to the group of its folder.

        Raises:
            StudyError: Somebody put something into the claimed folder that is in the way.
        """
        with undisturbed():
            self.make_way()
            self._collect()
            _take_over_mode(self.root, self.folder)
            if shared:
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
        """Move into the temporary folder what the claimed one holds by now."""
        for entry in list(self.root.iterdir()):
            target = self.folder / entry.name
            if os.path.lexists(target):
                raise StudyError(
                    f"{entry} was made while the study was set up, and the study has a file of "
                    "that name",
                    hint="let the pgen file or the dependency use another name",
                )
            entry.rename(target)

    def _tidy_up(self) -> None:
        if not self._published:
            self._undo()
        elif self._old is not None:
            shutil.rmtree(self._old, ignore_errors=True)
            if self._old.exists():
                left = shell_word(self._old)
                warn(f"warning: a part of the old study could not be deleted: {left}")
        if self._lock is not None:
            os.close(self._lock)
        if self._claim is not None:
            self._claim.release()

    def _undo(self) -> None:
        if self._lock is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self._old is not None:
            shutil.rmtree(self.root, ignore_errors=True)
            self._old.rename(self.root)
        elif self._claim is not None and not self._claim.replaces:
            _empty(self.root)
            if self._claim.is_new:
                self.root.rmdir()
        for parent in reversed(self._made_parents):
            with suppress(OSError):  # not empty: somebody else uses it by now
                parent.rmdir()


def reserve(out: Path, *, replace: bool = False) -> Stage:
    """Take a folder for a new workspace.

    Args:
        out: The folder; it may be absent or empty.
        replace: What is there is a study workspace and may go, once the new one is whole.

    Raises:
        StudyError: It holds something that may not be replaced, or cannot be made.
    """
    # A link as the last part is followed: renaming a folder over it would not work.
    stage = Stage(out.resolve() if out.is_symlink() else absolute(out))
    stage._open(replace=replace)
    return stage


def reserve_stamped(parent: Path, name: str, now: time.struct_time | None = None) -> Stage:
    """Take ``<parent>/<name>_<YYYYMMDD-HHMMSS>``, with a number behind it when that is taken.

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


def _empty(folder: Path) -> None:
    for entry in list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()


def _take_over_mode(source: Path, target: Path) -> None:
    """Give a folder the mode and group of one that somebody prepared."""
    wanted, got = source.stat(), target.stat()
    if wanted.st_gid != got.st_gid:
        with suppress(OSError):
            os.chown(target, -1, wanted.st_gid)
    target.chmod(wanted.st_mode & 0o7777)
