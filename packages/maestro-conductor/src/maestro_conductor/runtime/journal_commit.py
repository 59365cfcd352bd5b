"""Make the journal safe; while it, or the workspace, cannot be written, the study pauses."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Sequence

from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.model.records import Record
from maestro_conductor.runtime.context import RunContext

__all__ = ["JournalCommitter", "say"]

#: s between two tries on a full disk.
_RETRY = 0.5


class JournalCommitter:
    """Make records safe, and tell people at once where that cannot be done.

    Args:
        context: of the run.
        journal: takes the records.
        followers: told of each record; the study's state has taken it in already.

    Attributes:
        paused: why the journal cannot be written; None: it can.
        reason: what people were told; None: the study goes on.
    """

    def __init__(
        self,
        context: RunContext,
        journal: JournalWriter,
        followers: Sequence[Callable[[Record], None]] = (),
    ) -> None:
        self._clock = context.clock
        self._log = context.log
        self._journal = journal
        self._followers = followers
        self._safe: list[Callable[[], None]] = []
        self._unwritten_files: str | None = None
        self._next_try = 0.0
        self.paused: str | None = None
        self.reason: str | None = None

    def add(self, record: Record) -> None:
        """Add a record; it is safe once `commit` says so."""
        self._journal.add(record)
        for follow in self._followers:
            follow(record)

    def when_safe(self, call: Callable[[], None]) -> None:
        """Have something called once, after the next commit that succeeds."""
        self._safe.append(call)

    def commit(self, *, sync: bool) -> bool:
        """Make the journal safe; False: it cannot be written now.

        Args:
            sync: against a crash of the machine, too.
        """
        if self.paused is not None and self._clock.steady() < self._next_try:
            return False
        try:
            self._journal.flush(sync=sync)
        except OSError as error:
            self._next_try = self._clock.steady() + _RETRY
            self.paused = f"{self._journal.path}: {error.strerror}"
            self._tell(self.paused)
            return False
        if self.paused is not None:
            self.paused = None
            self._tell(self._unwritten_files)
        calls, self._safe = self._safe, []
        for call in calls:
            call()
        return True

    def note_files(self, trouble: str | None) -> None:
        """Note why the scripts of the latest submission could not be written; None: they could."""
        self._unwritten_files = trouble
        if self.paused is None:
            self._tell(trouble)

    def _tell(self, reason: str | None) -> None:
        """Tell people that the study pauses, and that it goes on; once each."""
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
