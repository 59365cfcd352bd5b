"""Keep heartbeat, journal, status.csv, log and observer up to date. None of these may stop a study."""

from __future__ import annotations

from pathlib import Path

from maestro_conductor.observers.status_csv import StatusFile
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.file_trouble import FileTroubles
from maestro_conductor.runtime.journal_upkeep import JournalUpkeep
from maestro_conductor.runtime.log_upkeep import LogUpkeep
from maestro_conductor.runtime.progress import ProgressReporter
from maestro_conductor.workspace.conductor_lock import HEARTBEAT, Hold

__all__ = ["Housekeeping"]


class Housekeeping:
    """Do in time what nothing waits for.

    Args:
        context: of the run.
        hold: of the workspace; takes heartbeats.
        journal: keeps the journal small.
        status: writes status.csv.
        progress: reports to an observer.
        log: writes the log's lines.

    Attributes:
        troubles: knows which files give trouble.
    """

    def __init__(
        self,
        context: RunContext,
        hold: Hold,
        journal: JournalUpkeep,
        status: StatusFile,
        progress: ProgressReporter,
        log: LogUpkeep,
    ) -> None:
        self._clock = context.clock
        self._hold = hold
        self._journal = journal
        self._status = status
        self._progress = progress
        self._log = log
        self._next_beat = 0.0
        self._departed = False
        self.troubles = FileTroubles(context.log)

    def follow(self, root: Path | None) -> None:
        """Keep house for a workspace that was moved; None: it was deleted, and nothing is written.

        Log and journal are open, and go on in the folder wherever it is; none is made anew.
        """
        self._departed = True
        self._hold.follow(root)
        self._status.follow(root)

    def next_time(self) -> float:
        """Return when `work` has something to do: s, steady."""
        due = self._status.due()
        return self._next_beat if due is None else min(due, self._next_beat)

    def work(self, steady: float, trouble: str | None, paused: str | None) -> None:
        """Do what is due.

        Args:
            steady: s, the time now.
            trouble: why the scheduler takes nothing; None: it does.
            paused: why the study pauses; None: it goes on.
        """
        if steady >= self._next_beat:
            self._next_beat = steady + HEARTBEAT
            self.troubles.attempt("heartbeat", lambda: self._hold.beat(self._clock.wall()))
            self.keep_journal()
        self.troubles.attempt("status.csv", lambda: self._status.work(steady, self._clock.wall()))
        self.note(trouble, paused)
        self._progress.work(steady, paused)

    def note(self, trouble: str | None, paused: str | None) -> None:
        """Say what is wrong, where `status` looks; see `work`."""
        me = self._hold.me
        if (trouble, paused) != (me.trouble, me.paused):
            self.troubles.attempt(
                "heartbeat", lambda: self._hold.note(trouble, paused, self._clock.wall())
            )

    def keep_journal(self) -> None:
        """Keep the journal small, and where it belongs."""
        if self._departed:
            return
        self.troubles.attempt("journal", self._journal.work)

    def flush_log(self) -> None:
        """Write the log's lines."""
        self._log.flush()

    def follow_log(self) -> None:
        """Go on in a new log file where the old one was moved away."""
        self._log.follow()

    def finish(self, paused: str | None) -> None:
        """Say how it ended; the last call."""
        self.troubles.attempt("status.csv", lambda: self._status.finish(self._clock.wall()))
        self._progress.work(self._clock.steady(), paused, last=True)
