"""What the loop works with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs

from maestro_conductor.graph_view import Graph
from maestro_conductor.host import Host
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.lock import Hold
from maestro_conductor.log import LogFile, StudyLog
from maestro_conductor.machine import Machine
from maestro_conductor.ports import Adapter, Clock, LocalAdapter
from maestro_conductor.progress import Progress
from maestro_conductor.requests import RequestFiles
from maestro_conductor.status_file import StatusFile
from maestro_conductor.submission import Submission
from maestro_conductor.wake import Wake

__all__ = ["Parts"]


@attrs.define
class Parts:
    """What a loop works with; put together by `maestro_conductor.composition`."""

    root: Path
    graph: Graph
    machine: Machine
    journal: JournalWriter
    submission: Submission
    local: LocalAdapter
    scheduler: Adapter | None
    requests: RequestFiles
    hold: Hold
    log: StudyLog
    log_file: LogFile
    status: StatusFile
    host: Host
    wake: Wake
    #: Name of the signal that asked us to leave; None: none did.
    signal: Callable[[], str | None]
    local_steps: str = "leave"
    ready: Callable[[], None] | None = None
    observer: Callable[[Progress], None] | None = None

    @property
    def clock(self) -> Clock:
        """Of the host."""
        return self.host.clock
