"""Read and write frames, ``[sequence, crc, body]``, and find where a torn tail begins.

Rules and vectors: "Framing" on the workspace format page.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import msgpack

from maestro_conductor.model.records import Record
from maestro_conductor.workspace.checksums import seal
from maestro_conductor.workspace.headers import header

__all__ = ["AMENDED", "Frames", "encode", "find_frame", "journal_header", "pack"]

#: In ``requires`` of a journal: its header says to which graph it belongs.
AMENDED = "amended"

#: How a frame may begin: a list of three, its sequence, its CRC, the length of its body.
_NUMBER = rb"([\x00-\x7f]|\xcc.|\xcd.{2}|\xce.{4}|\xcf.{8})"
_BEGINNING = re.compile(
    rb"\x93" + _NUMBER + _NUMBER + rb"(?:\xc4(.)|\xc5(.{2})|\xc6(.{4}))", re.DOTALL
)


#: One for all: making one costs as much as packing a record.
_PACKER = msgpack.Packer(unicode_errors="surrogateescape")


def pack(value: object) -> bytes:
    """Return a value as MessagePack, with texts that were no UTF-8 kept as their bytes."""
    packed: bytes = _PACKER.pack(value)
    return packed


def _unpack(data: bytes) -> Record:
    # What is no record is refused when the study's state takes it in.
    found: Record = msgpack.unpackb(data, unicode_errors="surrogateescape", strict_map_key=False)
    return found


def journal_header(
    study_id: str, instances: int, first: int, amendment: str | None = None
) -> bytes:
    """Return what a journal starts with.

    Args:
        study_id: of the study.
        instances: of its graph.
        first: number of the first frame.
        amendment: that the graph came with; None: none.
    """
    amended = {} if amendment is None else {"amendment": amendment}
    return seal(
        pack,
        {
            **header("maestro-journal", [AMENDED] if amended else ()),
            "study_id": study_id,
            "instances": instances,
            "first": first,
            **amended,
        },
    )


def encode(sequence: int, record: Record) -> bytes:
    """Return the frame of a record."""
    body = pack(record)
    return pack([sequence, _crc(sequence, body), body])


def find_frame(content: bytes, above: int) -> tuple[int, int] | None:
    """Return place and number of the first good frame that has a number above the given one."""
    for found in _BEGINNING.finditer(content):
        number = _number(found[1])
        body = content[found.end() :][: _number(b"\0" + (found[3] or found[4] or found[5]))]
        if number > above and _number(found[2]) == _crc(number, body):
            return found.start(), number
    return None


def _number(packed: bytes) -> int:
    """Read a number from its bytes: those of MessagePack, or big-endian behind any first one."""
    return int.from_bytes(packed[1:] or packed, "big")


def _crc(sequence: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(sequence.to_bytes(8, "big")))


class Frames:
    """The good frames of a stream, from where it stands; stops before the first bad one.

    Attributes:
        good: offset after the last good frame, counted from where the stream stood.
        sequence: the next frame's number.
    """

    def __init__(self, stream: BinaryIO, size: int, sequence: int) -> None:
        # A torn length must not make the reader reserve memory: no list is longer than a few.
        self._unpacker = msgpack.Unpacker(
            stream,
            read_size=1 << 18,
            max_buffer_size=max(size, 1 << 18),
            max_array_len=16,
            max_map_len=16,
        )
        self.good = 0
        self.sequence = sequence

    def __iter__(self) -> Iterator[Record]:
        unpacker, crc32 = self._unpacker, zlib.crc32
        sequence = self.sequence
        try:
            for frame in unpacker:
                number, crc, body = frame  # just three: a fourth would be a later frame, swallowed
                if number != sequence or crc32(body, crc32(number.to_bytes(8, "big"))) != crc:
                    return
                record = _unpack(body)
                self.good = unpacker.tell()
                sequence += 1
                self.sequence = sequence
                yield record
        except (ValueError, TypeError, IndexError, AttributeError, msgpack.UnpackException):
            return  # garbage: what is no frame ends the journal
