"""What a conductor uses of the machine it runs on. A test gives it fakes."""

from __future__ import annotations

import selectors
from collections.abc import Callable

import attrs

from maestro_conductor.backends.protocol import Clock, Disk, Selector, Worker
from maestro_conductor.backends.worker_thread import AdapterWorker
from maestro_conductor.runtime.clock import SystemClock
from maestro_conductor.workspace.disk import SystemDisk

__all__ = ["Host"]


@attrs.frozen
class Host:
    """The machine as the conductor sees it; `maestro_conductor.testing` has others.

    Attributes:
        clock: tells the time.
        disk: takes what goes to the journal and to the log.
        selector: opens what the loop waits in.
        worker: starts what makes a scheduler's calls; gets what wakes the loop.
    """

    clock: Clock = attrs.Factory(SystemClock)
    disk: Disk = attrs.Factory(SystemDisk)
    selector: Callable[[], Selector] = selectors.DefaultSelector
    worker: Callable[[Callable[[], None]], Worker] = AdapterWorker
