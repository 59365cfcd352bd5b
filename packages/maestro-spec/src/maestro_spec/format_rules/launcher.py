"""Find `$(LAUNCHER)` in a command: "The launcher" on the workspace format page; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

#: What stands for the launcher in a command.
TOKEN = "$(LAUNCHER)"  # noqa: S105

# Nobody means a number of 19 digits, and of very many digits Python makes none.
_NODES, _PROCS = r"(?P<{}>\d{{1,18}})\s*n", r"(?P<{}>\d{{1,18}})\s*p"
_LAUNCHER = re.compile(
    re.escape(TOKEN)
    + r"(?P<allocation>\[\s*(?:"
    + "|".join(
        [
            _NODES.format("n1") + r"(?:\s*,\s*" + _PROCS.format("p1") + ")?",
            _PROCS.format("p2") + r"\s*,\s*" + _NODES.format("n2"),
            r"(?P<n3>\d{1,18})\s*,\s*(?P<p3>\d{1,18})",
            _PROCS.format("p4"),
        ]
    )
    + r")\s*\])?",
    re.ASCII,
)


@attrs.frozen
class Launcher:
    """A launcher in a command.

    Attributes:
        start, end: where it stands in the command, as a slice.
        nodes, procs: that its brackets ask for; None: not said there.
        bracketed: it has an allocation; brackets of the shell's are none.
        legacy: that is written as ``[nodes, procs]``, without letters.
    """

    start: int
    end: int
    nodes: int | None = None
    procs: int | None = None
    bracketed: bool = False
    legacy: bool = False


def find_launchers(command: str) -> Iterator[Launcher]:
    """Yield the launchers of a command, in its order."""
    for found in _LAUNCHER.finditer(command):
        if found["allocation"] is None:
            yield Launcher(*found.span())
        else:
            yield Launcher(
                *found.span(),
                nodes=_number(found, "n1", "n2", "n3"),
                procs=_number(found, "p1", "p2", "p3", "p4"),
                bracketed=True,
                legacy=found["n3"] is not None,
            )


def _number(found: re.Match[str], *groups: str) -> int | None:
    return next((int(found[group]) for group in groups if found[group]), None)
