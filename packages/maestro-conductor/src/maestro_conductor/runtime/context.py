"""Hold what every part of the shell needs."""

from __future__ import annotations

from pathlib import Path

import attrs

from maestro_conductor.core.events import Now
from maestro_conductor.model.graph import Graph
from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.runtime.clock import Clock

__all__ = ["RunContext"]


@attrs.frozen
class RunContext:
    """What a study is run with.

    Attributes:
        root: its workspace.
        graph: what is run.
        clock: tells the time.
        log: takes events for people.
    """

    root: Path
    graph: Graph
    clock: Clock
    log: StudyLog

    def now(self) -> Now:
        """Return the time, by both clocks."""
        return Now(self.clock.wall(), self.clock.steady())
