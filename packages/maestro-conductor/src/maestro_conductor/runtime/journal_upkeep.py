"""Keep the journal small, and where it belongs."""

from __future__ import annotations

from maestro_conductor.core.study_state import StudyState
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.runtime.context import RunContext

__all__ = ["JournalUpkeep"]


class JournalUpkeep:
    """Compact the journal where that is worth it, and make it anew where a step took it away.

    Args:
        context: of the run.
        journal: to be looked after.
        state: what the journal says.
    """

    def __init__(self, context: RunContext, journal: JournalWriter, state: StudyState) -> None:
        self._context = context
        self._journal = journal
        self._state = state

    def work(self) -> None:
        """Do what is due.

        Raises:
            OSError: it could not be written; the journal is as it was.
        """
        if self._journal.compact(self._state, self._context.clock.wall()):
            self._context.log.event("journal_compacted", count=self._journal.size)
