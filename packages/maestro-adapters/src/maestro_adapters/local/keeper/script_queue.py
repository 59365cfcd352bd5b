"""Says which script starts next: in the order of the requests, as soon as it has room. Pure."""

from __future__ import annotations

from collections import OrderedDict

__all__ = ["Request", "ScriptQueue"]


class Request:
    """A script that is to be started: the fields of a message ``start``."""

    def __init__(self, *fields: bytes) -> None:
        self.token, self.workspace, self.script, self.attempt, self.label, self.facts = fields[:6]
        self.slots = int(fields[6])
        self.is_awaited = fields[7] == b"1"
        self.patience = float(fields[8] or "inf")


class ScriptQueue:
    """The requests that wait, and the slots that running scripts fill.

    Attributes:
        room: slots that all scripts may fill; negative while others fill more than there are.
    """

    def __init__(self) -> None:
        #: By token. Its first entry is found at once, unlike a dict's from whose front much was taken.
        self._waiting: OrderedDict[bytes, Request] = OrderedDict()
        self._few = 0
        self._filled = 0
        self.room = 0

    def __contains__(self, token: bytes) -> bool:
        return token in self._waiting

    def add(self, request: Request) -> None:
        """Have a request wait behind all others."""
        self._waiting[request.token] = request
        self._few = len(self._waiting) // 2

    def remove(self, token: bytes) -> None:
        """Forget a request, if it waits."""
        self._waiting.pop(token, None)

    def clear(self) -> None:
        """Forget all requests."""
        self._waiting.clear()

    def next(self) -> Request | None:
        """Return the first request, where it has room; none passes it."""
        if not self._waiting:
            return None
        request = next(iter(self._waiting.values()))
        return None if self._filled + request.slots > self.room else request

    def fill(self, slots: int) -> None:
        """Note that a script has started that fills so many slots."""
        self._filled += slots

    def free(self, slots: int) -> None:
        """Note that a script has ended that filled so many slots."""
        self._filled -= slots

    def has_few(self) -> bool:
        """Return whether at most half as many wait as after the last request, so there should be more."""
        return len(self._waiting) <= self._few
