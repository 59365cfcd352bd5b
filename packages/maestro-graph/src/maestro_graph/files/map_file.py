"""Read a file that holds one MessagePack map, and pack such maps. Works on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgpack

from maestro_graph.errors import FormatError
from maestro_graph.files.checksums import has_sum, take_sum
from maestro_graph.files.regular_files import read_regular

#: Bytes that a table of parameters may have: some millions of rows.
_MOST = 1 << 30


def packer() -> msgpack.Packer:
    """Return a packer that keeps texts which are no valid UTF-8."""
    return msgpack.Packer(unicode_errors="surrogateescape")


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
