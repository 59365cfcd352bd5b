"""End a loop's waiting, by a pipe."""

from __future__ import annotations

import contextlib
import os

__all__ = ["WakeupPipe"]


class WakeupPipe:
    """End the loop's waiting; safe from threads and signal handlers."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        os.set_blocking(self.read_end, False)
        os.set_blocking(self.write_end, False)

    def set(self) -> None:
        """End the waiting."""
        with contextlib.suppress(BlockingIOError):
            os.write(self.write_end, b"\0")

    def clear(self) -> None:
        """Take out what was written."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.read_end, 4096):
                pass

    def close(self) -> None:
        """Close both ends."""
        os.close(self.read_end)
        os.close(self.write_end)
