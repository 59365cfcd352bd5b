"""The workspace format's grammar of `$(LAUNCHER)`."""

from __future__ import annotations

import re

import attrs

#: what stands for the launcher in a command
TOKEN = "$(LAUNCHER)"  # noqa: S105

_NODES, _PROCS = r"(?P<{}>\d+)\s*n", r"(?P<{}>\d+)\s*p"
_ALLOCATION = re.compile(
    r"\[\s*(?:"
    + "|".join(
        [
            _NODES.format("n1") + r"(?:\s*,\s*" + _PROCS.format("p1") + ")?",
            _PROCS.format("p2") + r"\s*,\s*" + _NODES.format("n2"),
            r"(?P<n3>\d+)\s*,\s*(?P<p3>\d+)",
            _PROCS.format("p4"),
        ]
    )
    + r")\s*\]",
    re.ASCII,
)


@attrs.frozen
class Launcher:
    """A launcher in a command.

    Attributes:
        text: the token with its allocation.
        nodes: that it asks for; None if it does not say.
        procs: that it asks for; None if it does not say.
        legacy: written as ``[nodes, procs]``, without letters.
    """

    text: str
    nodes: int | None
    procs: int | None
    legacy: bool = False


#: more than anybody writes
_MOST = 10_000


def find_launchers(command: str) -> list[Launcher]:
    """The launchers of a command, in its order."""
    found: list[Launcher] = []
    at = command.find(TOKEN)
    while at >= 0 and len(found) < _MOST:
        end = at + len(TOKEN)
        allocation = _ALLOCATION.match(command, end)
        if allocation:
            nodes = _number(allocation, "n1", "n2", "n3")
            procs = _number(allocation, "p1", "p2", "p3", "p4")
            text = TOKEN + allocation[0]
            found.append(Launcher(text, nodes, procs, allocation["n3"] is not None))
            end = allocation.end()
        else:
            found.append(Launcher(TOKEN, None, None))
        at = command.find(TOKEN, end)
    return found


def _number(allocation: re.Match[str], *groups: str) -> int | None:
    digits = next((allocation[group] for group in groups if allocation[group]), None)
    return int(digits[:18]) if digits else None
