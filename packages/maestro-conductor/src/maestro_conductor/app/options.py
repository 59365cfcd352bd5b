"""Hold how a conductor was asked to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs

from maestro_conductor.backends.protocol import AdapterFactory
from maestro_conductor.runtime.host import Host
from maestro_conductor.runtime.on_end import OnEnd
from maestro_conductor.runtime.progress import Progress

__all__ = ["ConductOptions"]


@attrs.frozen
class ConductOptions:
    """How a conductor was asked to run: see `maestro_conductor.conduct`.

    Attributes:
        previous: who held the workspace before and did not say that it left; None: nobody.
        on_end: calls the user's command at the study's end.
    """

    log_path: Path
    log_level: int
    log_to_stdout: bool
    sleeptime: float | None
    ready: Callable[[], None] | None
    observer: Callable[[Progress], None] | None
    local_steps: str
    factory: AdapterFactory
    host: Host
    previous: str | None
    on_end: OnEnd
