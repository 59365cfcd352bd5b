"""Let a conductor die at any of its file operations, within this process: nothing of it is done any more.

A process that is killed does not tidy up. So once it has died, no file of its workspace can be made, moved,
deleted or written, until the call that ran it has come back.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Death", "MortalDisk", "spared"]

_MADE_OR_MOVED = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Death(BaseException):
    """The conductor has died."""


class MortalDisk:
    """Implement `maestro_conductor.workspace.disk.Disk`, and watch all other files of a workspace.

    Args:
        root: the workspace.
        last: number of the operation at which the conductor dies; None: never.

    Attributes:
        operations: how many there were so far.
    """

    def __init__(self, root: Path, last: int | None = None) -> None:
        self._root = os.fspath(root)
        self._last = last
        self.operations = 0

    def write(self, descriptor: int, data: bytes | bytearray | memoryview) -> int:
        """As `os.write`."""
        self._operate()
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """As `os.fsync`, at no cost."""

    def truncate(self, descriptor: int, size: int) -> None:
        """As `os.ftruncate`."""
        self._operate()
        os.ftruncate(descriptor, size)

    @contextlib.contextmanager
    def mortal(self) -> Iterator[None]:
        """Let what is called meanwhile die.

        Raises:
            Death: it did.
        """
        _Hook.install()
        _Hook.disk = self
        try:
            yield
        finally:
            _Hook.disk = None

    def meets(self, path: object) -> None:
        """Count an operation with a file, if it is one of the workspace."""
        if isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self._root):
            self._operate()

    def _operate(self) -> None:
        self.operations += 1
        if self._last is not None and self.operations >= self._last:
            raise Death


@contextlib.contextmanager
def spared() -> Iterator[None]:
    """Let something happen that is not the conductor's doing."""
    disk, _Hook.disk = _Hook.disk, None
    try:
        yield
    finally:
        _Hook.disk = disk


class _Hook:
    """The audit hook of this process (PEP 578): there is no way to take one away again."""

    disk: MortalDisk | None = None
    installed = False

    @classmethod
    def install(cls) -> None:
        if not cls.installed:
            cls.installed = True
            sys.addaudithook(cls.call)

    @classmethod
    def call(cls, event: str, arguments: tuple[object, ...]) -> None:
        disk = cls.disk
        if disk is None:
            return
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITES:
                disk.meets(path)
        elif event in _MADE_OR_MOVED:
            path, *more = arguments
            folder = more[-1] if event in ("os.remove", "os.rmdir") else -1
            if isinstance(folder, int) and folder >= 0:  # as `shutil.rmtree` does it
                path = f"{os.readlink(f'/proc/self/fd/{folder}')}/{path}"  # noqa: PTH115
            disk.meets(path)
