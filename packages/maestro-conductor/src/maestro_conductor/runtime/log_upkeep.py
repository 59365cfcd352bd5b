"""Write the log's lines out, and tell people where that cannot be done."""

from __future__ import annotations

import errno

from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.runtime.journal_commit import say

__all__ = ["LogUpkeep"]

#: Trouble that passes, and of which people are told as a pause.
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class LogUpkeep:
    """Write the log's lines out.

    Args:
        file: takes lines.
        log: takes events.
    """

    def __init__(self, file: LogFile, log: StudyLog) -> None:
        self._file = file
        self._log = log
        self._told = False

    def flush(self) -> None:
        """Write the lines; where that can never be, people are told once, on stderr."""
        file = self._file
        if file.flush():
            if file.lost:
                lost, file.lost = file.lost, 0
                self._log.event("log_lines_lost", count=lost)
        elif file.trouble and file.trouble.errno not in _PASSING and not self._told:
            self._told = True
            say(f"maestro: the study goes on without its log: {file.trouble}")

    def follow(self) -> None:
        """Go on in a new file where somebody has moved the old one away."""
        self._file.reopen_if_moved()
