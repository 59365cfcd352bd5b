"""What the loop works with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs

from maestro_conductor.backends.protocol import Adapter, LocalAdapter
from maestro_conductor.backends.submitter import Submission
from maestro_conductor.core.machine import Machine
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.model.graph import Graph
from maestro_conductor.observers.log_writer import LogFile, StudyLog
from maestro_conductor.observers.status_csv import StatusFile
from maestro_conductor.runtime.clock import Clock
from maestro_conductor.runtime.host import Host
from maestro_conductor.runtime.progress import Progress
from maestro_conductor.runtime.wakeup_pipe import Wake
from maestro_conductor.workspace.conductor_lock import Hold
from maestro_conductor.workspace.request_files import RequestFiles

__all__ = ["Parts"]


@attrs.define
class Parts:
    """What a loop works with; put together by `maestro_conductor.app.conduct`."""

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
