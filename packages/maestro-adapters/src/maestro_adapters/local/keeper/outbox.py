"""Keeps what the keeper has yet to tell, and writes it to its socket."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from maestro_adapters.local.keeper.messages import pack

__all__ = ["Outbox"]

#: s for which messages are kept back that nothing depends on.
_BATCH = 0.02


class Outbox:
    """Messages on their way to the other side, which may be slow, or gone.

    Args:
        socket: where they go; never blocks.
        clock: s, steady.

    Attributes:
        due: s, steady: when to send; 0: now; None: there is nothing to be sent.
    """

    def __init__(self, socket: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._socket = socket
        self._clock = clock
        self._unsent = b""
        self.due: float | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether it is to be sent once the other side has room."""
        return self.due == 0.0

    def put(self, *fields: bytes, soon: bool) -> None:
        """Add a message; those that need not be told soon are told together, with the first of them."""
        self._unsent += pack(*fields)
        if soon:
            self.due = 0.0
        elif self.due is None:
            self.due = self._clock() + _BATCH

    def send(self) -> None:
        """Send what the other side has room for."""
        try:
            self._unsent = self._unsent[os.write(self._socket, self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:  # nobody is there any more
            self._unsent = b""
        self.due = 0.0 if self._unsent else None
