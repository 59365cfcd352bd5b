"""Read a journal, and follow it while somebody writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypedDict, cast

import msgpack

from maestro_conductor.errors import FormatError, WorkspaceError
from maestro_conductor.journal.framing import AMENDED, Frames, find_frame
from maestro_conductor.model.records import Record
from maestro_conductor.workspace.checksums import check_sum, has_sum
from maestro_conductor.workspace.headers import check_header
from maestro_conductor.workspace.regular_files import stream_regular

__all__ = ["AWAY", "JournalReader", "read_header"]

#: What to do about a journal that cannot be used.
AWAY = (
    "Once nothing of the study runs any more, move it away and start the study again: the attempt "
    "files know what has run"
)

#: What a file system leaves that crashed before it wrote a block: no damage, as nothing was there.
_ZEROS = bytes(64)


class _Header(TypedDict):
    study_id: str
    instances: int
    first: int


class JournalHeader(_Header, total=False):
    """What a journal begins with, as far as it is used."""

    amendment: str


def read_header(file: BinaryIO, path: Path) -> tuple[JournalHeader, int] | None:
    """Return the journal's header and its length in bytes; None: it is not whole yet.

    Raises:
        FormatError: it is no journal, it is damaged, or this version cannot read it.
    """
    content = file.read(1 << 16)
    unpacker = msgpack.Unpacker(max_buffer_size=1 << 16)
    unpacker.feed(content)
    try:
        value = unpacker.unpack()
    except msgpack.OutOfData:
        if find_frame(content, 0) is None:
            return None
        value = None
    except (ValueError, msgpack.UnpackException):
        value = None
    if not isinstance(value, dict) or value.get("format") != "maestro-journal":
        raise FormatError(f"{path} is damaged: it does not begin as a journal. {AWAY}")
    if has_sum(value):
        check_sum(path, "the journal's header", content[: unpacker.tell()], value, AWAY)
    check_header(value, "maestro-journal", str(path), [AMENDED])
    if not value.keys() >= {"first", "instances", "study_id"}:
        raise FormatError(f"{path} is damaged: its header lacks a field. {AWAY}")
    return cast(JournalHeader, value), unpacker.tell()


class JournalReader:
    """Reads the records of a journal, from its beginning; then those that were added since.

    Attributes:
        header: the map at its beginning; None: there is none yet.
        restarted: the last `read` began anew, because the file was replaced by a compact one:
            what was known so far is to be forgotten.
        offset: where the good part ends, so far.
        sequence: number of the next frame.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: JournalHeader | None = None
        self.restarted = False
        self.offset = 0
        self.sequence = 1
        self._file: BinaryIO | None = None
        self._inode = 0

    def read(self) -> Iterator[Record]:
        """Return the records that are new since the last call; all, at the first.

        The file stays open until `close`, so that it can be followed.

        Raises:
            WorkspaceError: the file cannot be read, or is not what this version can read.
        """
        try:
            yield from self._read()
        except OSError as error:
            raise WorkspaceError(f"{self.path} cannot be read: {error.strerror}") from error

    def __enter__(self) -> JournalReader:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def is_up_to_date(self) -> bool:
        """Tell whether nothing stands in the journal but what was read."""
        try:
            status = self.path.stat()
        except OSError:
            return False
        return self.header is not None and (status.st_ino, status.st_size) == (
            self._inode,
            self.offset,
        )

    def _read(self) -> Iterator[Record]:
        self.restarted = False
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return
        if self._file is not None and self._inode != status.st_ino:
            self.close()
            self.header = None
            self.restarted = True
        if self._file is None:
            self._file = stream_regular(self.path, buffering=0)
            self._inode = os.fstat(self._file.fileno()).st_ino
            self.offset = 0
        if self.header is None:
            self._file.seek(0)
            found = read_header(self._file, self.path)
            if found is None:
                return
            self.header, self.offset = found
            self.sequence = self.header["first"]
        size = os.fstat(self._file.fileno()).st_size
        if size <= self.offset:
            return
        self._file.seek(self.offset)
        frames = Frames(self._file, size - self.offset, self.sequence)
        base = self.offset
        for record in frames:
            self.offset = base + frames.good
            self.sequence = frames.sequence
            yield record
        if self.offset < size:
            self._file.seek(self.offset)
            self._refuse_a_hole(self._file.read(size - self.offset))

    def _refuse_a_hole(self, tail: bytes) -> None:
        """Tell a torn tail, which is cut, from a frame amid others that is not as it was written.

        To cut there would forget what came after: that the study was cancelled, or that it ended.

        Raises:
            FormatError: there is a later frame behind the bad one, and no zeros between.
        """
        later = find_frame(tail, self.sequence)
        if later is not None and _ZEROS not in tail[: later[0]]:
            raise FormatError(
                f"{self.path} is damaged: frame {self.sequence}, at byte {self.offset}, is not as "
                f"it was written, and frame {later[1]} behind it is. Put back a copy of the file. "
                f"Or: {AWAY[0].lower()}{AWAY[1:]}"
            )
