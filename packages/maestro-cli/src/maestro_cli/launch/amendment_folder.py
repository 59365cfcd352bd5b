"""Put an amendment together inside its workspace: whole, or not at all.

::

    with AmendmentFolder(root) as stage:
        …write into stage.folder…      # .maestro/amendments/.<id>.tmp
        stage.keep()                   # .maestro/amendments/<id>

What is not kept is taken away. The folder is locked as long as we live, so that one that a
``kill -9`` left is told from one that somebody is looking at.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from maestro_cli.errors import StudyError
from maestro_cli.study.group_access import let_group_read
from maestro_cli.ui.signals import undisturbed, unwinding
from maestro_conductor.workspace.sharing import is_shared

__all__ = ["AMENDMENTS", "AmendmentFolder"]

AMENDMENTS = Path(".maestro", "amendments")

_UNFINISHED = re.compile(r"\.[0-9a-f]{12}\.tmp")


class AmendmentFolder:
    """A study in its new form, under construction.

    Attributes:
        root: The workspace.
        id: Of the amendment, 12 hexadecimal digits.
        folder: Where it is put together.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.id = secrets.token_hex(6)
        self.folder = root / AMENDMENTS / f".{self.id}.tmp"
        self._lock: int | None = None
        self._made_parent = False
        self._kept = False
        self._unwinding = unwinding()

    def __enter__(self) -> AmendmentFolder:
        self._unwinding.__enter__()
        try:
            with undisturbed(), self.written():
                self._open()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            with undisturbed():
                if not self._kept and self._lock is not None:
                    shutil.rmtree(self.folder, ignore_errors=True)
                    if self._made_parent:
                        with suppress(OSError):  # somebody else has made one meanwhile
                            self.folder.parent.rmdir()
                if self._lock is not None:
                    os.close(self._lock)
        finally:
            self._unwinding.__exit__(None, None, None)

    def make_way(self) -> None:
        """Do nothing: a generator file writes into the workspace as it is."""

    def keep(self) -> None:
        """Flush all of it to disk, and give it the name by which a request asks for it.

        Raises:
            StudyError: It cannot be written.
        """
        with undisturbed(), self.written():
            if is_shared(self.root):
                let_group_read(self.folder, (self.root / ".maestro").stat().st_gid)
            _flush(self.folder)
            final = self.folder.with_name(self.id)
            self.folder.rename(final)
            self.folder = final
            self._kept = True
            _flush_one(final.parent)

    def discard(self) -> None:
        """Take away what was kept, as nobody will ask for it."""
        self._kept = False

    @contextmanager
    def written(self) -> Iterator[None]:
        """Let something be written into the folder.

        Raises:
            StudyError: That cannot be done, as on a full disk.
        """
        try:
            yield
        except OSError as error:
            place = error.filename or self.folder.parent
            raise StudyError(
                f"the amendment cannot be put together: {place}: {error.strerror}",
                hint=f"{self.root} stays as it is",
            ) from error

    def _open(self) -> None:
        parent = self.folder.parent
        try:
            parent.mkdir(mode=0o700)
            self._made_parent = True
            parent.chmod((self.root / ".maestro").stat().st_mode & 0o2750)
        except FileExistsError:
            _remove_unfinished(parent)
        self.folder.mkdir(mode=0o700)
        self._lock = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        with suppress(OSError):  # no locks for folders here: nobody else can lock it either
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_unfinished(parent: Path) -> None:
    """Remove what a process that was killed left, unless one that lives holds it."""
    with os.scandir(parent) as entries:
        found = [entry.path for entry in entries if _UNFINISHED.fullmatch(entry.name)]
    for path in found:
        with suppress(OSError):  # it is gone, or held
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(descriptor)


def _flush(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                _flush_one(path)
        _flush_one(Path(place))


def _flush_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
