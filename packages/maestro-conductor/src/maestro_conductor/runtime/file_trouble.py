"""Log trouble with files that no study depends on; once, until they can be written again."""

from __future__ import annotations

from collections.abc import Callable

from maestro_conductor.observers.log_writer import StudyLog

__all__ = ["FileTroubles"]


class FileTroubles:
    """Know which files give trouble.

    Args:
        log: is told of it.
    """

    def __init__(self, log: StudyLog) -> None:
        self._log = log
        self._troubled: set[str] = set()

    def attempt(self, name: str, write: Callable[[], object]) -> None:
        """Write a file; trouble with it is logged.

        Args:
            name: of the file, for people.
            write: may raise an `OSError`.
        """
        try:
            write()
        except OSError as error:
            self.tell(name, error)
        else:
            self._troubled.discard(name)

    def tell(self, name: str, error: OSError) -> None:
        """Log trouble with a file."""
        if name not in self._troubled:
            self._troubled.add(name)
            self._log.event("file_trouble", path=name, reason=str(error))
