"""Writing the workspace's files: replaced as a whole, flushed to disk."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgpack

from maestro_graph.__about__ import __version__
from maestro_graph.errors import FormatError
from maestro_graph.files.regular_files import read_regular

#: The first version whose maps have checksums, and the one that is written here.
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


def seal(pack: Callable[[Any], bytes], record: Mapping[str, Any]) -> bytes:
    """Pack a map with its checksum: see "Checksums" on the format page."""
    content = pack({**record, "crc": 0xFFFFFFFF})[:-4]
    return content + zlib.crc32(content).to_bytes(4, "big")


def has_sum(head: object) -> bool:
    """Tell whether the map that a file begins with has a checksum, or ought to have one."""
    if not isinstance(head, dict):
        return False
    version = head.get("version")
    return "crc" in head or (
        isinstance(version, list)
        and all(type(part) is int for part in version)
        and VERSION <= version < [VERSION[0] + 1]
    )


def take_sum(path: str | Path, what: str, content: bytes, record: object) -> None:
    """Take the checksum out of a map whose bytes it fits.

    Args:
        path: of the file, for messages.
        what: the map, for messages.
        content: its bytes.
        record: what they say.

    Raises:
        FormatError: the checksum is wrong, or is not there.
    """
    found = record.pop("crc", None) if isinstance(record, dict) else None
    if found != zlib.crc32(content[:-4]):
        raise FormatError(
            f"{path} is damaged: the checksum of {what} is "
            f"{'missing' if found is None else 'wrong'}",
            hint="put back a copy of the file, or make the workspace anew",
        )


def read_map(path: str | Path, what: str) -> Any:
    """Read a file that holds one MessagePack document, and check its sum.

    Args:
        path: the file.
        what: what it holds, for messages.

    Raises:
        FormatError: it is missing, torn or damaged.
    """
    path = Path(path)
    try:
        content = read_regular(path, _MOST)
        document = msgpack.unpackb(content, unicode_errors="surrogateescape")
    except OSError as error:
        raise FormatError(
            f"cannot read {path}: {error.strerror}",
            hint="a workspace is made by `maestro run`",
        ) from error
    except (ValueError, msgpack.UnpackException) as error:
        raise FormatError(
            f"{path} is no whole MessagePack document", hint="make the workspace anew"
        ) from error
    if has_sum(document):
        take_sum(path, what, content, document)
    return document
