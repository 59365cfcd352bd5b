"""Put an adapter's launcher in the place of each ``$(LAUNCHER)`` of a command; pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from maestro_adapters.errors import LauncherError
from maestro_adapters.script.launcher_grammar import find_launchers

__all__ = ["substitute"]

#: Where nothing launches, the blanks that stood between launcher and program go as well.
_BLANKS = re.compile(r"[ \t]*")


def substitute(
    command: str,
    launch_command: Callable[[int | None, int | None], str],
    *,
    nodes: int | None,
    procs: int | None,
) -> str:
    """Return the command with each launcher replaced by ``launch_command(nodes, procs)``.

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
    launches = list(find_launchers(command))
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
