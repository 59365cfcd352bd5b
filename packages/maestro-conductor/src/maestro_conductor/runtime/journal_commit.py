"""A study pauses while its journal, or its workspace, cannot be written; people are told at once."""

from __future__ import annotations

import contextlib
import sys
import time

from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.runtime.clock import Clock

__all__ = ["Pausing", "say"]

#: s between two looks for room on a full disk.
_LOOK = 0.5


class Pausing:
    """Makes the journal safe, and knows why the study stands still.

    Args:
        journal: to be made safe.
        log: told of pauses.
        clock: tells when to try again.

    Attributes:
        paused: why the journal cannot be written; None: it can.
        reason: what people were told; None: the study goes on.
    """

    def __init__(self, journal: JournalWriter, log: StudyLog, clock: Clock) -> None:
        self._journal = journal
        self._log = log
        self._clock = clock
        self._closed_files: str | None = None
        self._next_try = 0.0
        self.paused: str | None = None
        self.reason: str | None = None

    def commit(self, *, sync: bool) -> bool:
        """Make the journal safe; False: it cannot be written now."""
        if self.paused is not None and self._clock.steady() < self._next_try:
            return False
        try:
            self._journal.flush(sync=sync)
        except OSError as error:
            self._next_try = self._clock.steady() + _LOOK
            self.paused = f"{self._journal.path}: {error.strerror}"
            self._tell(self.paused)
            return False
        if self.paused is not None:
            self.paused = None
            self._tell(self._closed_files)
        return True

    def note_files(self, trouble: str | None) -> None:
        """Whether the scripts of the latest submission could be written; None: they could."""
        self._closed_files = trouble
        if self.paused is None:
            self._tell(trouble)

    def _tell(self, reason: str | None) -> None:
        """Tell people at once that the study pauses, and that it goes on; once each."""
        if (reason is None) == (self.reason is None):
            return
        self.reason = reason
        if reason is None:
            self._log.event("unpaused")
            say("maestro: the study goes on")
        else:
            self._log.event("paused", reason=reason)
            say(f"maestro: the study pauses: {reason}")


def say(line: str) -> None:
    """Tell people on stderr; there may be no room to log it."""
    with contextlib.suppress(OSError, ValueError):
        print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}", file=sys.stderr, flush=True)  # noqa: T201
