"""Writes and reads what a keeper and the program that started it tell each other, over a socket.

`pack` writes a message, and `Messages` reads them. The first to the keeper is the environment of all scripts
(``NAME=VALUE …``), the others are:

==========  =====================================================================================
to keeper
``start``   token, workspace, script, attempt, label, facts for the start line, slots, whether the
            other side waits for the answer (1 or 0), s from its start on in which what it leaves in the
            background is waited for (empty: always)
``drop``    token: it must not start any more
``room``    slots that all scripts may fill; negative while others fill more than there are
``sync``    tell what you know
from keeper
``started`` token, process id of the script, s since 1970
``refused`` token, exit code of a driver that runs nothing, why
``waits``   token: there is no slot, or no room for another process in this system
``leaves``  process id, exit code, what it left in the background: ``name:pid,name:pid``
``ended``   process id, exit code as a shell gives it, s since 1970, what is left and was not waited for,
            whether its folder was deleted, or moved before it began (1 or 0)
``synced``  all that was known before was told
==========  =====================================================================================
"""

from __future__ import annotations

__all__ = ["ALREADY_STARTED", "CANNOT_START", "Messages", "pack"]

#: Exit codes of a driver when nothing ran, see `maestro_adapters.script.driver`.
ALREADY_STARTED, CANNOT_START = b"75", b"73"

_LENGTH = 4


def pack(*fields: bytes) -> bytes:
    """Write a message; no field holds a NUL."""
    content = b"\0".join(fields)
    return len(content).to_bytes(_LENGTH, "little") + content


class Messages:
    """Messages out of a stream of bytes."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, data: bytes) -> list[list[bytes]]:
        """Return the messages that are complete with these bytes, as lists of fields."""
        data = self._bytes + data if self._bytes else data
        messages = []
        begin = 0
        while len(data) - begin >= _LENGTH:
            end = begin + _LENGTH + int.from_bytes(data[begin : begin + _LENGTH], "little")
            if end > len(data):
                break
            messages.append(data[begin + _LENGTH : end].split(b"\0"))
            begin = end
        self._bytes = data[begin:]
        return messages
