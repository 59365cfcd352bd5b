"""Wait for the first of several file descriptors that has something to tell."""

from __future__ import annotations

import selectors

from maestro_conductor.runtime.host import Selector
from maestro_conductor.runtime.wakeup_pipe import WakeupPipe

__all__ = ["Waiter"]

_WAKEUP = "wakeup"


class Waiter:
    """Wait, and tell who ended it.

    Args:
        selector: what is waited in; closed by `close`.
        wakeup: ends the waiting whatever else does; whoever opened it closes it.
    """

    def __init__(self, selector: Selector, wakeup: WakeupPipe) -> None:
        self._selector = selector
        self._wakeup = wakeup
        self.register(_WAKEUP, wakeup.read_end)

    def register(self, name: str, descriptor: int) -> None:
        """Let a file descriptor that becomes readable end the waiting, too."""
        self._selector.register(descriptor, selectors.EVENT_READ, name)

    def wait(self, timeout: float) -> set[str]:
        """Wait at most ``timeout`` s; return the names of those that ended it."""
        told = {str(key.data) for key, _ in self._selector.select(timeout)}
        if _WAKEUP in told:
            self._wakeup.clear()
        return told

    def close(self) -> None:
        """Close what was waited in."""
        self._selector.close()
