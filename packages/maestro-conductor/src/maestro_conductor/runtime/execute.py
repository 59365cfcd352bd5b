"""Perform instructions: calls of adapters, and of the file system."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from maestro_conductor.core.events import Answers, Event, Found, ScriptsWritten
from maestro_conductor.core.instructions import (
    Cancel,
    Instruction,
    ReadAttemptFile,
    Resize,
    Submission,
    Submit,
    WriteScripts,
)
from maestro_conductor.runtime.attempt_reading import AttemptReader

__all__ = ["Backend", "Executor"]


class Backend(Protocol):
    """One way to run jobs. Where a call returns None, its answer comes later, as an event."""

    def submit(self, jobs: Sequence[Submission]) -> Answers | None: ...  # noqa: D102
    def cancel(self, jobs: Sequence[str]) -> None: ...  # noqa: D102
    def find(self, jobs: Sequence[tuple[int, int, str]]) -> Found | None: ...  # noqa: D102
    def withdraw(  # noqa: D102
        self, reason: str, most: int | None = None, only: Collection[int] | None = None
    ) -> Answers | None: ...
    def resize(self, slots: int) -> Answers | None: ...  # noqa: D102
    def file_trouble(self, answers: Answers) -> str | None: ...  # noqa: D102


class Executor:
    """Perform instructions.

    Args:
        backends: by the name of the queue whose jobs they run.
        attempts: reads attempt files.
        write_scripts: writes the scripts of instances that are not run; returns what went wrong.
    """

    def __init__(
        self,
        backends: Mapping[str, Backend],
        attempts: AttemptReader,
        write_scripts: Callable[[Sequence[int]], Sequence[tuple[int, str | None]]],
    ) -> None:
        self._backends = backends
        self._attempts = attempts
        self._write_scripts = write_scripts

    def follow(self, root: Path | None) -> None:
        """Look for attempt files where the workspace was moved to; None: it was deleted."""
        self._attempts.follow(root)

    def perform(self, item: Instruction) -> Event | None:
        """Perform an instruction; return its answer, or None where that comes later."""
        if isinstance(item, ReadAttemptFile):
            return self._attempts.read(item)
        if isinstance(item, WriteScripts):
            return ScriptsWritten(self._write_scripts(item.instances))
        backend = self._backends[item.queue]
        if isinstance(item, Submit):
            return backend.submit(item.jobs)
        if isinstance(item, Cancel):
            backend.cancel(item.jobs)
            return None
        if isinstance(item, Resize):
            return backend.resize(item.slots)
        return backend.find(item.jobs)

    def file_trouble(self, answers: Answers) -> str | None:
        """Return why the scripts of a submission could not be written; None: they could."""
        return self._backends[answers.queue].file_trouble(answers)
