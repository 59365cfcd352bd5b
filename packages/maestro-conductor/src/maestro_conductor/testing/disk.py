"""A disk that is full when a test says so, and that knows what would outlive a power cut."""

from __future__ import annotations

import errno
import os

import attrs

__all__ = ["SmallDisk"]


@attrs.define
class SmallDisk:
    """Implements `maestro_conductor.ports.Disk`; what fits goes to the real files.

    Attributes:
        room: bytes that it still takes; None: all. A write that does not fit is done as far as
            there is room, as the kernel does it, and the next one fails.
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
        if self.room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(descriptor, bytes(data)[: self.room])
        self.room -= written
        return written

    def sync(self, descriptor: int) -> None:
        """As `os.fsync`, at no cost."""
        status = os.fstat(descriptor)
        self.synced[status.st_ino] = status.st_size
