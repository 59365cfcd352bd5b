"""Write to the disk of this machine."""

from __future__ import annotations

import os
from typing import Protocol

__all__ = ["Disk", "SystemDisk"]


class Disk(Protocol):
    """Takes what is written to an open file."""

    def write(self, descriptor: int, data: bytes | bytearray | memoryview, /) -> int:
        """Write some of it, and return how many bytes.

        Raises:
            OSError: none was written.
        """
        ...

    def sync(self, descriptor: int, /) -> None:
        """Have it outlive the machine going down.

        Raises:
            OSError: it may not.
        """
        ...

    def truncate(self, descriptor: int, size: int, /) -> None:
        """Cut it after so many bytes.

        Raises:
            OSError: it is as it was.
        """
        ...


class SystemDisk:
    """Implements `Disk`."""

    def write(self, descriptor: int, data: bytes | bytearray | memoryview) -> int:
        """Call `os.write`."""
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """Call `os.fsync`."""
        os.fsync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        """Call `os.ftruncate`."""
        os.ftruncate(descriptor, size)
