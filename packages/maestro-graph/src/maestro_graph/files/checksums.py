"""Compute and compare the checksums of maps: "Checksums" on the workspace format page; pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maestro_graph.errors import FormatError

#: The first version whose maps have checksums.
_FIRST = [1, 1]


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
        and _FIRST <= version < [_FIRST[0] + 1]
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
