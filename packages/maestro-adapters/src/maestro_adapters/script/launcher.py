"""``$(LAUNCHER)`` in a command: where it stands, what it asks for, what takes its place.

The grammar is "The launcher" on the workspace format page; its vectors are
``docs/workspace-format/vectors/launcher.json``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from maestro_adapters.errors import LauncherError

__all__ = ["Launch", "find", "substitute"]

_TOKEN = re.compile(r"\$\(LAUNCHER\)(?:\[([^\]\n]*)\])?", re.ASCII)
_PART = re.compile(r"\s*(\d+)\s*([np]?)\s*", re.ASCII)
#: Where nothing launches, the blanks that stood between launcher and program go as well.
_BLANKS = re.compile(r"[ \t]*")


@attrs.frozen
class Launch:
    """One ``$(LAUNCHER)`` of a command.

    Attributes:
        start, end: where it stands in the command, as a slice.
        nodes, procs: what its brackets ask for; None: not said there.
        bracketed: whether it has brackets.
    """

    start: int
    end: int
    nodes: int | None = None
    procs: int | None = None
    bracketed: bool = False


def find(command: str) -> list[Launch]:
    """All launchers of a command, in order."""
    launches = []
    for found in _TOKEN.finditer(command):
        allocation = None if found[1] is None else _allocation(found[1])
        if allocation is None:  # no brackets, or brackets of the shell's
            launches.append(Launch(found.start(), found.start() + len("$(LAUNCHER)")))
        else:
            nodes, procs = allocation
            launches.append(Launch(found.start(), found.end(), nodes, procs, bracketed=True))
    return launches


def _allocation(text: str) -> tuple[int | None, int | None] | None:
    """Nodes and procs of a bracket's content, or None where it is no allocation."""
    parts = [_PART.fullmatch(part) for part in text.split(",")]
    asked = [(int(part[1]), part[2]) for part in parts if part]
    if len(asked) != len(parts):
        return None
    match asked:
        case [(procs, "p")]:
            return None, procs
        case [(nodes, "n")]:
            return nodes, None
        case (
            [(nodes, "n"), (procs, "p")] | [(procs, "p"), (nodes, "n")] | [(nodes, ""), (procs, "")]
        ):
            return nodes, procs
        case _:
            return None


def substitute(
    command: str,
    launch_command: Callable[[int | None, int | None], str],
    *,
    nodes: int | None,
    procs: int | None,
) -> str:
    """The command with each launcher replaced by ``launch_command(nodes, procs)``.

    A bare launcher takes all nodes and procs of the request. A bracket that says procs alone
    leaves the nodes to the scheduler, as it knows best where they fit.

    Args:
        command: shell text.
        launch_command: from nodes and procs to the launcher's words; an empty text where
            nothing launches, and the bare command runs.
        nodes: of the request; None: not said, then their sum is not checked.
        procs: likewise.

    Raises:
        LauncherError: the bracketed launchers together ask for more than there is.
    """
    launches = find(command)
    _check_sum("nodes", nodes, [launch.nodes for launch in launches])
    _check_sum("procs", procs, [launch.procs for launch in launches])
    pieces = []
    position = 0
    for launch in launches:
        pieces.append(command[position : launch.start])
        text = launch_command(
            *((launch.nodes, launch.procs) if launch.bracketed else (nodes, procs))
        )
        position = launch.end
        if not text and (blanks := _BLANKS.match(command, position)):
            position = blanks.end()
        pieces.append(text)
    pieces.append(command[position:])
    return "".join(pieces)


def _check_sum(what: str, available: int | None, asked: list[int | None]) -> None:
    total = sum(number or 0 for number in asked)
    if available is not None and total > available:
        raise LauncherError(
            f"the launchers of this command ask for {total} {what} in all, and the step has {available}: "
            f"raise its {what}, or lower those in the brackets"
        )
