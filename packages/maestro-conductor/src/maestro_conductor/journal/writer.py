"""Write the journal: cut a torn tail, append, flush."""

from __future__ import annotations

import os
from pathlib import Path

from maestro_conductor.core.amendment import Amendment
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.compaction import compact, worth_it
from maestro_conductor.journal.framing import encode, journal_header
from maestro_conductor.model.records import Record
from maestro_conductor.workspace.atomic_write import ensure_seen
from maestro_conductor.workspace.disk import Disk, SystemDisk
from maestro_conductor.workspace.file_lock import is_at
from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["JournalWriter"]


class JournalWriter:
    """Appends records to a journal. Only the holder of the workspace's lock may have one.

    `add` only collects; nothing is written until `flush`. When a flush fails, the file is cut
    back to its last good frame, and the next flush tries again with everything that is not written.

    Attributes:
        path: of the journal.
        sequence: number of the next frame.
        size: bytes of the good part of the file.
    """

    def __init__(self, path: Path, offset: int, sequence: int, disk: Disk | None = None) -> None:
        """Open a journal and cut it at ``offset``.

        Raises:
            OSError: it cannot be opened or cut.
        """
        self.path = path
        self.sequence = sequence
        self.size = offset
        self._disk = disk or SystemDisk()
        self._pending = bytearray()
        self._compact_size = 0
        self._torn = False
        self._descriptor = open_regular(path, os.O_WRONLY)
        if os.fstat(self._descriptor).st_size != offset:
            os.ftruncate(self._descriptor, offset)
        os.lseek(self._descriptor, offset, os.SEEK_SET)

    @classmethod
    def create(
        cls,
        path: Path,
        study_id: str,
        instances: int,
        disk: Disk | None = None,
        *,
        amendment: str | None = None,
    ) -> JournalWriter:
        """Begin a new journal; its header is written by the first `flush`, when there is room.

        Args:
            path: of the journal.
            study_id: of the study.
            instances: of its graph.
            disk: that it goes to; None: the real one.
            amendment: that the graph came with; None: none.

        Raises:
            OSError: the file can neither be opened nor made.
        """
        ensure_seen(path)
        writer = cls(path, 0, 1, disk)
        writer._pending += journal_header(study_id, instances, 1, amendment)
        return writer

    @property
    def pending(self) -> int:
        """Return how many bytes wait for `flush`."""
        return len(self._pending)

    def add(self, record: Record) -> None:
        """Collect a record for the next `flush`."""
        self._pending += encode(self.sequence, record)
        self.sequence += 1

    def flush(self, *, sync: bool = False) -> None:
        """Write what was added.

        Args:
            sync: flush it to disk, too.

        Raises:
            OSError: it was not written, as on a full disk; call again later.
        """
        if self._pending:
            try:
                if self._torn:
                    self._disk.truncate(self._descriptor, self.size)
                    os.lseek(self._descriptor, self.size, os.SEEK_SET)
                    self._torn = False
                view = memoryview(self._pending)
                try:
                    written = 0
                    while written < len(view):
                        written += self._disk.write(self._descriptor, view[written:])
                finally:
                    view.release()
            except OSError:
                self._torn = True
                self._cut()
                raise
            self.size += len(self._pending)
            self._pending.clear()
        if sync:
            self._disk.sync(self._descriptor)

    def compact(self, state: StudyState, time: int) -> bool:
        """Replace the file by one that says the same in fewer records, where that is worth it.

        It is worth it, too, where another file, or none, stands in the journal's place: what was
        written to ours nobody would find.

        Everything that was added must have been flushed, and taken in by ``state``.

        Raises:
            OSError: it could not be written; the old one stands, and goes on.
            WorkspaceError: it was written and cannot be opened; nothing goes on.
        """
        displaced = not is_at(self.path, self._descriptor)
        worth = displaced or worth_it(self.size, self._compact_size, len(state))
        if self._pending or not worth:
            return False
        size, sequence = compact(self.path, state, self.sequence, time)
        try:
            descriptor = open_regular(self.path, os.O_WRONLY)
            os.lseek(descriptor, size, os.SEEK_SET)
        except OSError as error:  # ours is a deleted file by now: what goes there is lost
            raise WorkspaceError(f"{self.path} cannot be opened: {error.strerror}") from error
        self.close()
        self._descriptor = descriptor
        self.size = self._compact_size = size
        self.sequence = sequence
        return True

    def amend(self, state: StudyState, time: int, amendment: Amendment) -> None:
        """Replace the file by that of the amended study: from this moment the new graph is in force.

        Everything that was added must have been flushed, and taken in by ``state``. This writer is
        then of no more use but to be closed.

        Raises:
            OSError: it could not be written; the old one stands, and goes on.
        """
        compact(self.path, state, self.sequence, time, amendment)

    def close(self) -> None:
        """Close the file; what was added and not flushed is lost."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _cut(self) -> None:
        try:
            self._disk.truncate(self._descriptor, self.size)
            os.lseek(self._descriptor, self.size, os.SEEK_SET)
        except OSError:
            return  # the next flush tries again before it appends
        self._torn = False
