"""Name what a conductor uses of the machine it runs on. A test gives it fakes."""

from __future__ import annotations

import selectors
from collections.abc import Callable
from typing import Protocol

import attrs

from maestro_conductor.backends.worker_thread import AdapterWorker, Worker
from maestro_conductor.runtime.clock import Clock, SystemClock
from maestro_conductor.workspace.disk import Disk, SystemDisk

__all__ = ["Host", "Selector"]


class Selector(Protocol):
    """What the loop waits in: the part of `selectors.BaseSelector` that it uses."""

    def register(self, fileobj: int, events: int, data: object = None, /) -> object: ...  # noqa: D102
    def select(self, timeout: float, /) -> list[tuple[selectors.SelectorKey, int]]: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


@attrs.frozen
class Host:
    """The machine as the conductor sees it; `maestro_conductor.testing` has others.

    Attributes:
        clock: tells the time.
        disk: takes what goes to the journal and to the log.
        selector: opens what the loop waits in.
        worker: starts what makes a scheduler's calls; gets what ends the loop's waiting.
        on_end_limit: s that the command has which is called at the study's end.
    """

    clock: Clock = attrs.Factory(SystemClock)
    disk: Disk = attrs.Factory(SystemDisk)
    selector: Callable[[], Selector] = selectors.DefaultSelector
    worker: Callable[[Callable[[], None]], Worker] = AdapterWorker
    on_end_limit: float = 60.0
