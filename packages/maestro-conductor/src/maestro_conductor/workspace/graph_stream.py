"""Read the maps of a ``graph.msgpack``, one by one, and check each against its checksum."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, BinaryIO

import msgpack

from maestro_conductor.workspace.checksums import check_sum, has_sum
from maestro_conductor.workspace.headers import check_header

__all__ = ["FEATURES", "GraphStream"]

#: What may stand in a graph's ``requires``.
FEATURES = frozenset(
    {
        "failure",
        "launcher",
        "local_slots",
        "array",
        "user_throttle",
        "requeue",
        "enforce_walltime",
        "step_args",
        "required_results",
        "output_path",
    }
)

_CHUNK = 1 << 16


class GraphStream:
    """Reads a graph from its beginning.

    Attributes:
        head: the first map.
        summed: the maps have checksums.
        end: bytes up to the end of the map that was read last.
    """

    def __init__(self, path: Path, file: BinaryIO, size: int) -> None:
        """Read the head.

        Raises:
            FormatError: it is none that can be read here, or its checksum is wrong.
            Exception: what msgpack raises where there is no map.
        """
        self._path = path
        self._file = file
        #: Bytes of the file from `_start` on: those of the map that comes next, and more.
        self._kept = b""
        self._start = 0
        self.end = 0
        self._unpacker = msgpack.Unpacker(
            self,
            read_size=_CHUNK,
            max_buffer_size=max(size, _CHUNK),
            unicode_errors="surrogateescape",
        )
        self.summed = True
        found = next(self._unpacker)
        self.summed = has_sum(found)
        self._check(found, "the graph's head")
        self.head = check_header(found, "maestro-graph", str(path), FEATURES)

    def read(self, size: int) -> bytes:
        """Return the next bytes of the file, to the unpacker."""
        content = self._file.read(size)
        if self.summed:
            self._kept = self._kept[self.end - self._start :] + content
            self._start = self.end
        return content

    def next(self, kind: str, index: int) -> Any:
        """Return the next map, whatever stands there: the fields are to be checked.

        Args:
            kind: what is expected, for messages.
            index: its number.

        Raises:
            FormatError: its checksum is wrong.
            Exception: what msgpack raises where there is none.
        """
        record = next(self._unpacker)
        # This runs once per instance: `check_sum` is only asked where something is wrong.
        end = self._unpacker.tell()
        if self.summed:
            first = self._start
            try:
                right = record["crc"] == zlib.crc32(self._kept[self.end - first : end - first - 4])
            except (KeyError, TypeError, IndexError):
                right = False
            if not right:
                self._check(record, f"{kind} {index}")
        self.end = end
        return record

    def _check(self, record: object, what: str) -> None:
        end = self._unpacker.tell()
        if self.summed:
            content = self._kept[self.end - self._start : end - self._start]
            check_sum(self._path, what, content, record)
        self.end = end
