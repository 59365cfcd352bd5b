"""Writing the workspace's files: replaced as a whole, flushed to disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgpack

from maestro_graph.__about__ import __version__
from maestro_graph.errors import FormatError
from maestro_graph.regular_files import read_regular

VERSION = [1, 1]
#: Bytes that a table of parameters may have: some millions of rows.
_MOST = 1 << 30
WRITER = f"maestro-graph {__version__}"


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


def packer() -> msgpack.Packer:
    """Return a packer that keeps texts which are no valid UTF-8."""
    return msgpack.Packer(unicode_errors="surrogateescape")


def read_map(path: str | Path) -> Any:
    """Read a file that holds one MessagePack document.

    Raises:
        FormatError: it is missing or torn.
    """
    path = Path(path)
    try:
        return msgpack.unpackb(read_regular(path, _MOST), unicode_errors="surrogateescape")
    except OSError as error:
        raise FormatError(
            f"cannot read {path}: {error.strerror}",
            hint="a workspace is made by `maestro run`",
        ) from error
    except (ValueError, msgpack.UnpackException) as error:
        raise FormatError(
            f"{path} is no whole MessagePack document", hint="make the workspace anew"
        ) from error
