"""The disk of this machine."""

from __future__ import annotations

import os

__all__ = ["SystemDisk"]


class SystemDisk:
    """Implements `maestro_conductor.backends.protocol.Disk`."""

    def write(self, descriptor: int, data: bytes | bytearray | memoryview) -> int:
        """`os.write`."""
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """`os.fsync`."""
        os.fsync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        """`os.ftruncate`."""
        os.ftruncate(descriptor, size)
