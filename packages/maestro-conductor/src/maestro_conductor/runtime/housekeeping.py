"""What only informs: log, status.csv, heartbeat, compaction, observer. None may stop a study."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable

from maestro_conductor.model.records import Record
from maestro_conductor.model.states import FINAL, NAMES
from maestro_conductor.runtime.context import Parts
from maestro_conductor.runtime.journal_commit import say
from maestro_conductor.runtime.progress import Progress
from maestro_conductor.workspace.conductor_lock import HEARTBEAT

__all__ = ["Informer"]

#: s between two calls of an observer.
_OBSERVE = 0.25
#: Trouble with the log that passes, and of which people are told as a pause.
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_FINAL_NAMES = frozenset(NAMES[code] for code in FINAL)


class Informer:
    """Keeps those informed who only look on. Trouble with a file is told once, until it is over."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._state = parts.machine.state
        self._next_beat = 0.0
        self._next_observed = 0.0
        self._observed = -1
        self._ended: deque[tuple[str, str]] = deque(maxlen=100)
        self._troubled: set[str] = set()
        self._log_told = False
        self._trouble: str | None = None

    def next_time(self) -> float:
        """When `work` has something to do: s, steady."""
        due = self._parts.status.due()
        return self._next_beat if due is None else min(due, self._next_beat)

    def work(self, steady: float, paused: str | None) -> None:
        """Do what is due."""
        parts = self._parts
        if steady >= self._next_beat:
            self._next_beat = steady + HEARTBEAT
            self._try("heartbeat", lambda: parts.hold.beat(parts.clock.wall()))
            self.keep_journal()
        self._try("status.csv", lambda: parts.status.work(steady, parts.clock.wall()))
        self.note(paused)
        self._observe(steady, paused)

    def keep_journal(self) -> None:
        """Make it compact where that is worth it, and anew where a step took it away."""
        self._try("journal", self._compact)

    def finish(self, paused: str | None) -> None:
        """Tell how it ended."""
        parts = self._parts
        self._try("status.csv", lambda: parts.status.finish(parts.clock.wall()))
        self._observe(parts.clock.steady(), paused, last=True)

    def flush_log(self) -> None:
        """Write the log's lines; where that can never be, people are told once, on stderr."""
        file = self._parts.log_file
        if file.flush():
            if file.lost:
                lost, file.lost = file.lost, 0
                self._parts.log.event("log_lines_lost", count=lost)
        elif file.trouble and file.trouble.errno not in _PASSING and not self._log_told:
            self._log_told = True
            say(f"maestro: the study goes on without its log: {file.trouble}")

    def trouble(self, name: str, error: OSError) -> None:
        """Log that a file that only informs, or asks, gave trouble."""
        if name not in self._troubled:
            self._troubled.add(name)
            self._parts.log.event("file_trouble", path=name, reason=str(error))

    def remember(self, record: Record) -> None:
        """Note the ends in a record, for the observer."""
        if self._parts.observer is None or record["kind"] != "state":
            return
        for row in record["steps"]:
            if row[2] in _FINAL_NAMES:
                self._ended.append((self._parts.graph.names[row[0]], row[2]))

    def note_scheduler(self, trouble: str | None) -> None:
        """Why the scheduler takes nothing; None: it does."""
        self._trouble = trouble

    def note(self, paused: str | None) -> None:
        """Say, where `status` looks, what is wrong."""
        hold, trouble = self._parts.hold, self._trouble
        if (trouble, paused) != (hold.me.trouble, hold.me.paused):
            self._try("heartbeat", lambda: hold.note(trouble, paused, self._parts.clock.wall()))

    def _compact(self) -> None:
        journal = self._parts.journal
        if journal.compact(self._state, self._parts.clock.wall()):
            self._parts.log.event("journal_compacted", count=journal.size)

    def _try(self, name: str, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self.trouble(name, error)
        else:
            self._troubled.discard(name)

    def _observe(self, steady: float, paused: str | None, *, last: bool = False) -> None:
        observer = self._parts.observer
        if observer is None or self._observed == self._state.changes:
            return
        if not last and steady < self._next_observed:
            return
        self._next_observed = steady + _OBSERVE
        self._observed = self._state.changes
        counts = {NAMES[code]: n for code, n in enumerate(self._state.counts) if n}
        observer(Progress(counts, len(self._state), tuple(self._ended), paused))
        self._ended.clear()
