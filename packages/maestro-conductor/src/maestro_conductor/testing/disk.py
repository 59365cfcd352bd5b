"""A disk that is full when a test says so, and that knows what would outlive a power cut."""

from __future__ import annotations

import errno
import fcntl
import os

import attrs

__all__ = ["SmallDisk"]


@attrs.define
class SmallDisk:
    """Implements `maestro_conductor.workspace.disk.Disk`; what fits goes to the real files.

    Attributes:
        room: bytes by which its files may still grow; None: any. A write that does not fit is done
            as far as there is room, as the kernel does it, and the next one fails.
        synced: by inode, how many bytes a file had when it was flushed to disk last.
    """

    room: int | None = None
    synced: dict[int, int] = attrs.Factory(dict)

    def write(self, descriptor: int, data: bytes | bytearray | memoryview) -> int:
        """As `os.write`.

        Raises:
            OSError: it is full.
        """
        if self.room is None:
            return os.write(descriptor, data)
        size = os.fstat(descriptor).st_size
        appends = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND
        place = size if appends else os.lseek(descriptor, 0, os.SEEK_CUR)
        fits = max(0, size - place) + self.room
        if fits <= 0 < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(descriptor, bytes(data)[:fits])
        self.room -= max(0, place + written - size)
        return written

    def truncate(self, descriptor: int, size: int) -> None:
        """As `os.ftruncate`; there is room again for what was cut off."""
        before = os.fstat(descriptor).st_size
        os.ftruncate(descriptor, size)
        if self.room is not None:
            self.room += before - size

    def sync(self, descriptor: int) -> None:
        """As `os.fsync`, at no cost."""
        status = os.fstat(descriptor)
        self.synced[status.st_ino] = status.st_size
