"""Append lines to the log's file, which others may rotate, and which a full disk may keep from growing."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from maestro_conductor.errors import WorkspaceError
from maestro_conductor.workspace.disk import Disk, SystemDisk
from maestro_conductor.workspace.inside import stay_inside

__all__ = ["LogFile", "check_log_path"]

#: Bytes of lines that are collected, and that are kept while the file cannot be written.
_MANY_WAITING, _MOST_WAITING = 1 << 16, 1 << 20


def check_log_path(path: Path) -> None:
    """Refuse a log file that nothing could ever be written to. A full disk is waited for.

    Raises:
        WorkspaceError: the text says why.
    """
    if path.is_dir():
        why = "it is a folder"
    elif path.exists():
        why = "" if os.access(path, os.W_OK) else "you may not write to it"
    elif not path.parent.is_dir():
        why = f"there is no folder {path.parent}"
    else:
        why = "" if os.access(path.parent, os.W_OK | os.X_OK) else "you may not write to its folder"
    if why:
        raise WorkspaceError(f"{path} cannot be the log: {why}. Name another file with -l")


class LogFile:
    """Appends lines to a file that others may rotate.

    Lines are collected and written by `flush`. `reopen_if_moved` follows a rotation by rename.
    With copy-truncate nothing needs to follow: each write appends (O_APPEND) where the file ends.

    Args:
        path: of the file.
        copy: gets each line, too (standard output).
        disk: takes what is written; None: that of this machine.
        root: the workspace that it is a file of, out of which no link is followed; None: it is the
            user's own, and may be a link, a pipe or a device.

    Attributes:
        lost: how many lines were dropped while the file could not be written for long.
        trouble: why the latest lines could not be written; None: they could.
    """

    def __init__(
        self,
        path: Path,
        copy: Callable[[str], None] | None = None,
        disk: Disk | None = None,
        root: Path | None = None,
    ) -> None:
        self.path = path
        self._root = root
        self._disk = disk or SystemDisk()
        self._copy = copy
        self._waiting = bytearray()
        self._descriptor = -1
        self._inode = (0, 0)
        self._cuttable = True
        self._torn = False
        self.lost = 0
        self.trouble: OSError | None = None

    def msg(self, line: str) -> None:
        """Collect a line."""
        if self._copy is not None:
            self._copy(line)
        if len(self._waiting) > _MANY_WAITING:
            self.flush()
            if len(self._waiting) > _MOST_WAITING:
                self.lost += 1
                return
        self._waiting += line.encode("ascii")
        self._waiting += b"\n"

    def flush(self) -> bool:
        """Write what was collected; False: it could not be written, and is kept."""
        if not self._waiting:
            return True
        try:
            if self._descriptor < 0:
                self._open()
            if self._torn:  # a crash left half a line: end it
                self._disk.write(self._descriptor, b"\n")
                self._torn = False
            self._write_all()
        except OSError as error:
            self.trouble = error
            return False
        self.trouble = None
        return True

    def _write_all(self) -> None:
        """Write whole lines as far as there is room.

        Raises:
            OSError: there was no more; what is left waits.
        """
        written = 0
        try:
            while written < len(self._waiting):
                written += self._disk.write(self._descriptor, self._waiting[written:])
        except OSError:
            whole = self._waiting.rfind(b"\n", 0, written) + 1
            if whole < written and self._cuttable:  # take half a line back
                size = os.fstat(self._descriptor).st_size - (written - whole)
                written = whole
                self._torn = True
                self._disk.truncate(self._descriptor, size)
                self._torn = False
            raise
        finally:
            del self._waiting[:written]

    def reopen_if_moved(self) -> None:
        """Go on in a new file where somebody renamed or deleted the old one."""
        if self._descriptor < 0:
            return
        try:
            status = self.path.stat()
        except OSError:
            moved = True
        else:
            moved = (status.st_dev, status.st_ino) != self._inode
        if moved:
            self.close()

    def close(self) -> None:
        """Write what is there and close."""
        self.flush()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> None:
        if self._root is not None:
            stay_inside(self._root, str(self.path.relative_to(self._root)))
        self.path.parent.mkdir(exist_ok=True)  # never the workspace, which may be gone
        # A pipe or a device may be the log, where its user wants that; nobody is waited for.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
        try:
            self._descriptor = os.open(self.path, flags, 0o666)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            why = f"nobody reads from {self.path}, which is no file"
            raise OSError(errno.ENXIO, why) from error
        status = os.fstat(self._descriptor)
        self._inode = (status.st_dev, status.st_ino)
        self._cuttable = stat.S_ISREG(status.st_mode)
        self._torn = self._cuttable and status.st_size > 0 and not _ends_with_newline(self.path)


def _ends_with_newline(path: Path) -> bool:
    """Tell whether the last line is whole; a crash may have torn it."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
    return True
