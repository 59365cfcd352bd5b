"""Write a file that a user asked for with ``-o``: whole, or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["replaced", "write_output"]


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give the path of a new file beside one; it takes its place when all went well.

    Whoever reads meanwhile has the old one or the new one. A link is followed: its target is what is
    replaced. What is there and is no plain file (``/dev/stdout``, a pipe) is written to as it is.

    Raises:
        OSError: It cannot be written; what stood there is as it was.
    """
    path = Path(os.path.realpath(path))
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield path
            return
    except FileNotFoundError:
        pass
    aside = path.with_name(f".{path.name[:200]}.{os.getpid()}.tmp")
    try:
        aside.unlink(missing_ok=True)
        yield aside
        _flush(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_output(file: str, text: str) -> None:
    """Replace a file by a text, as `replaced` does.

    Raises:
        OSError: It cannot be written; what stood there is as it was.
    """
    try:
        with replaced(Path(file)) as path:
            path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OSError(error.errno, error.strerror, file) from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
