"""Decide when a conductor that was asked to stop by a signal has waited long enough."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from maestro_conductor.core.events import Closing
from maestro_conductor.core.queues import LOCAL, Queue

__all__ = ["Shutdown", "StopSignal"]

#: s to wait for answers to submissions and for the end of local steps.
_PATIENCE = 30.0
#: By signal; where the workspace is gone, it is 1.
_CODES = {"SIGINT": 130, "SIGTERM": 143}


class StopSignal(Protocol):
    """What signals have asked for."""

    @property
    def name(self) -> str | None:
        """Name of the first signal; None: none came."""

    @property
    def again(self) -> bool:
        """Whether another one came after it."""


class Shutdown:
    """Leave after a signal, once nothing is left to wait for.

    Args:
        signals: that were received.
        local_steps: what becomes of those that run: ``leave``, ``finish`` or ``stop``.
        queues: of the machine.

    Attributes:
        reason: name of the signal that is followed, or what became of the workspace; None: nothing.
    """

    def __init__(self, signals: StopSignal, local_steps: str, queues: Mapping[str, Queue]) -> None:
        self._signals = signals
        self._local_steps = local_steps
        self._queues = queues
        self._leave_by = math.inf
        self.reason: str | None = None

    @property
    def exit_code(self) -> int:
        """128 + n after signal n; 1: the workspace was moved or deleted."""
        return _CODES.get(self.reason or "", 1)

    def look(self, steady: float) -> list[Closing]:
        """Look for a signal; return what the machine should hear of it.

        Args:
            steady: s, the time now.
        """
        if self._signals.name is None:
            return []
        if self.reason is not None:
            if self._signals.again or self.reason not in _CODES:
                self._leave_by = min(self._leave_by, steady)
            return []
        self.reason = self._signals.name
        self._leave_by = math.inf if self._local_steps == "finish" else steady + _PATIENCE
        return [Closing(stop_local=self._local_steps == "stop")]

    def depart(self, place: Path | None, steady: float) -> list[Closing]:
        """Leave because the workspace was deleted, or moved; return what the machine should hear.

        Of a deleted one all that runs is ended, which is waited for, but not for long. Where one was
        moved, local steps are waited for.

        Args:
            place: where the workspace was moved to; None: it was deleted.
            steady: s, the time now.
        """
        deleted = place is None
        self.reason = "deleted" if deleted else f"moved to {place}"
        self._local_steps = "cancel" if deleted else "finish"
        self._leave_by = steady + _PATIENCE if deleted else math.inf
        return [Closing(stop_local=False)]

    def is_due(self, steady: float) -> bool:
        """Tell whether to leave now.

        Args:
            steady: s, the time now.
        """
        if self.reason is None:
            return False
        if steady > self._leave_by:
            return True
        if self._local_steps == "cancel":
            return False
        if any(queue.submitting for queue in self._queues.values()):
            return False
        return self._local_steps == "leave" or not self._queues[LOCAL].jobs
