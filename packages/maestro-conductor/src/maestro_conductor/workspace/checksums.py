"""Seal msgpack maps with checksums, and check them: "Checksums" on the workspace format page; pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

from maestro_conductor.errors import FormatError

__all__ = ["FIRST", "check_sum", "has_sum", "seal"]

#: The first version whose maps have checksums.
FIRST = (1, 1)

#: Bytes of a checksum, behind the byte that says `uint 32`.
_LENGTH = 4


def seal(pack: Callable[[object], bytes], record: Mapping[str, object]) -> bytes:
    """Pack a map with its checksum."""
    content = pack({**record, "crc": 0xFFFFFFFF})[:-_LENGTH]
    return content + zlib.crc32(content).to_bytes(_LENGTH, "big")


def has_sum(head: object) -> bool:
    """Tell whether the map that a file begins with has a checksum, or ought to have one."""
    if not isinstance(head, dict):
        return False
    version = head.get("version")
    return "crc" in head or (
        isinstance(version, list)
        and all(type(part) is int for part in version)
        and FIRST <= tuple(version) < (FIRST[0] + 1,)
    )


#: What to do about a damaged file.
_ADVICE = "Put back a copy of the file, or make the study anew"


def check_sum(
    path: object, what: str, content: bytes, record: object, advice: str = _ADVICE
) -> None:
    """Refuse a map that is not as it was written.

    Args:
        path: of the file, for messages.
        what: the map, for messages.
        content: its bytes.
        record: what they say.
        advice: what to do, for messages.

    Raises:
        FormatError: the checksum is wrong, or is not there.
    """
    found = record.get("crc") if isinstance(record, dict) else None
    if found != zlib.crc32(content[:-_LENGTH]):
        raise FormatError(
            f"{path} is damaged: the checksum of {what} is "
            f"{'missing' if found is None else 'wrong'}. {advice}"
        )
