"""Open files in whose place anyone may have put something else: a FIFO, a device, a link, 100 MB."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["MOST", "open_regular", "read_regular", "stream_regular"]

#: Bytes that a file may have which is read whole.
MOST = 1 << 24

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
}


def open_regular(
    path: str | Path, flags: int = os.O_RDONLY, mode: int = 0o666, *, follow: bool = False
) -> int:
    """Open a file of bytes. It never waits, as for a pipe's other end, and never reads a device.

    Args:
        path: of the file.
        flags: as of `os.open`.
        mode: permissions of a file that is made, less the umask.
        follow: the file is the user's, and may be a link; one of ours in a workspace is none.

    Returns:
        Its descriptor.

    Raises:
        OSError: it cannot be opened, or is something else than a file: EINVAL, the text says what.
    """
    flags |= os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    if not follow:
        flags |= os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, mode)
    except OSError as error:
        if error.errno not in (errno.ENXIO, errno.EISDIR, errno.ELOOP):
            raise
        found = os.stat(path, follow_symlinks=follow).st_mode  # noqa: PTH116 - beside os.open
        raise _misplaced(path, found) from error
    found = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(found):
        os.close(descriptor)
        raise _misplaced(path, found)
    return descriptor


def stream_regular(path: str | Path, *, buffering: int = -1, follow: bool = False) -> BinaryIO:
    """Open a file for reading as a stream.

    Args:
        path: of the file.
        buffering: as of `open`.
        follow: as of `open_regular`.

    Raises:
        OSError: as `open_regular`.
    """
    return os.fdopen(open_regular(path, follow=follow), "rb", buffering)


def read_regular(path: str | Path, most: int = MOST) -> bytes:
    """Return all bytes of a file.

    Args:
        path: of the file, which is no link.
        most: how many there may be.

    Raises:
        OSError: as `open_regular`; it cannot be read; or it has more bytes: EFBIG.
    """
    with stream_regular(path, buffering=0) as file:
        content = bytearray()
        while len(content) <= most and (piece := file.read(min(1 << 20, most + 1 - len(content)))):
            content += piece
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", str(path))
    return bytes(content)


def _misplaced(path: str | Path, mode: int) -> OSError:
    kind = _KINDS.get(stat.S_IFMT(mode), "something else")
    return OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))
