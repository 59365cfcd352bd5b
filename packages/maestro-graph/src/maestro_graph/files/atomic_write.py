"""Replace a file as a whole, flushed to disk. Works on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replaced(path: str | Path, *, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Open a temporary file beside ``path`` that takes its place when the block ends well.

    Args:
        path: the file to replace.
        mode: permissions; by default what the process's umask leaves of 0666.

    Raises:
        OSError: it cannot be written; the old file is still there.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    # One that a crash left behind may have another mode.
    temporary.unlink(missing_ok=True)
    descriptor = os.open(
        temporary,
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC,
        0o666 if mode is None else mode,
    )
    try:
        with open(descriptor, "wb", buffering=1 << 20) as stream:  # noqa: PTH123 -- a descriptor
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
