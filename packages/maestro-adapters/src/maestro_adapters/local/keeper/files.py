"""Writes the files that a keeper makes for an attempt: the attempt file, and the script's logs.

What it does to a folder is "The attempt file" on the workspace format page. Works on the disk.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable

__all__ = [
    "KINDS",
    "FileDebts",
    "Quiet",
    "append",
    "attempt_path",
    "create",
    "log_path",
    "name_logs",
    "open_own",
    "quietly",
    "write",
]

#: The endings of the two logs, of standard output and of standard error.
KINDS = (b"out", b"err")

#: What opening tells of a pipe, a device, a folder, a link.
_NO_FILE = (errno.ENXIO, errno.EINVAL, errno.EISDIR, errno.ELOOP)
#: What says that a file's folder is gone, so there is nothing to be written.
_NO_FOLDER = (errno.ENOENT, errno.ENOTDIR)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC


class Quiet:
    """Suppresses OSError, as `contextlib.suppress` does: importing that takes a millisecond."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, OSError)


def quietly(function: Callable[..., object], *arguments: object) -> None:
    """Call a function, whatever the disk says to it."""
    with Quiet():
        function(*arguments)


def attempt_path(folder: bytes, attempt: bytes) -> bytes:
    """Return where the attempt file of an attempt stands."""
    return b"%b/.attempt.%b" % (folder, attempt)


def log_path(folder: bytes, attempt: bytes, kind: bytes) -> bytes:
    """Return where a log stands until its script has a process id."""
    return b"%b/.log.%b.%b" % (folder, attempt, kind)


def name_logs(folder: bytes, label: bytes, attempt: bytes, pid: int) -> list[bytes]:
    """Give the logs of an attempt the names that hold its process id, which is known by now."""
    names = []
    for kind in KINDS:
        name = b"%b/%b.%d.%b" % (folder, label, pid, kind)
        if os.path.lexists(name):  # an earlier attempt had the same process id
            name = b"%b/%b.%d.%b.%b" % (folder, label, pid, attempt, kind)
        quietly(os.rename, log_path(folder, attempt, kind), name)
        names.append(name)
    return names


def create(path: bytes) -> int:
    """Create a file that must not be there yet; returns its descriptor."""
    return os.open(path, _CREATE | os.O_EXCL, 0o666)


def open_own(path: bytes) -> int:
    """Open a file of ours at its end, or make it. What a script put there instead is not waited for.

    Raises:
        OSError: it cannot be opened, or is no file (one of `_NO_FILE`).
    """
    try:
        return os.open(path, _CREATE | os.O_APPEND | os.O_EXCL, 0o666)
    except FileExistsError:
        return _open_there(path)


def _open_there(path: bytes) -> int:
    """Open a file of ours that is there at its end.

    Raises:
        OSError: it cannot be opened, or is no file (one of `_NO_FILE`).
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
    file = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    os.set_blocking(file, True)
    return file


def write(file: int, line: bytes) -> None:
    """Write all of a line, or nothing of it.

    Raises:
        OSError: it could not be written.
    """
    written = os.write(file, line)
    if written != len(line):  # the disk is full: no half a line may stand before the next one
        os.ftruncate(file, os.fstat(file).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def append(path: bytes, line: bytes) -> None:
    """Write a line at the end of a file that is there.

    Raises:
        OSError: it could not be written, or is no file.
    """
    file = _open_there(path)
    try:
        write(file, line)
    finally:
        os.close(file)


class FileDebts:
    """What could not be written, or deleted, and is tried again.

    Args:
        unlink: deletes a file.
    """

    def __init__(self, unlink: Callable[[bytes], object] = os.unlink) -> None:
        self._unlink = unlink
        #: Ends, with their attempt files, open and by their paths.
        self._unwritten: list[tuple[int, bytes, bytes]] = []
        #: Files of scripts that could not be started.
        self._undeleted: list[bytes] = []

    def __bool__(self) -> bool:
        return bool(self._unwritten or self._undeleted)

    def write_end(self, attempt_file: int, path: bytes, line: bytes) -> bool:
        """Write the end of an attempt, and close its file.

        A full disk has room again some time. A script that deleted the file gets a new one. Where it
        put something else there, a pipe say, only the answer tells how it ended.

        Returns:
            Whether the folder was deleted, with all that the script wrote there.
        """
        deleted = False
        try:
            write(attempt_file, line)
            if os.fstat(attempt_file).st_nlink == 0:
                anew = open_own(path)
                try:
                    write(anew, line)
                finally:
                    os.close(anew)
        except OSError as error:
            if error.errno not in (*_NO_FOLDER, errno.ESTALE, *_NO_FILE):
                self._unwritten.append((attempt_file, path, line))
                return False
            deleted = error.errno == errno.ENOENT
        os.close(attempt_file)
        return deleted

    def delete(self, path: bytes, folder: bytes = b"") -> None:
        """Delete a file of a script that was not started: it says that the script has begun.

        Args:
            path: as it is from here; relative, it means the same file where its folder was moved.
            folder: where `path` begins, for the next time.
        """
        try:
            self._unlink(path)
        except OSError as error:
            if error.errno not in _NO_FOLDER:
                self._undeleted.append(os.path.join(folder, path))  # noqa: PTH118

    def settle(self) -> None:
        """Try again all that could not be done."""
        unwritten, self._unwritten = self._unwritten, []
        for end in unwritten:
            self.write_end(*end)
        undeleted, self._undeleted = self._undeleted, []
        for path in undeleted:
            self.delete(path)
