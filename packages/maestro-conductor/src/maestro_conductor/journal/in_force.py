"""Tell which graph a journal belongs to: after an amendment, for a moment, not the one in its place."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from maestro_conductor.journal.reader import read_header
from maestro_conductor.workspace.graph_stream import GraphStream
from maestro_conductor.workspace.paths import AMENDMENTS, GRAPH, JOURNAL
from maestro_conductor.workspace.regular_files import stream_regular

__all__ = ["amendment_in_force", "graph_in_force"]


def amendment_in_force(root: Path) -> str | None:
    """Return the amendment that the journal says is in force; None: none, or there is no journal.

    Raises:
        FormatError: the journal is damaged, or this version cannot read it.
    """
    path = root / JOURNAL
    try:
        with stream_regular(path, buffering=0) as file:
            found = read_header(file, path)
    except OSError:  # who reads it next says why
        return None
    return None if found is None else found[0].get("amendment")


def graph_in_force(root: Path) -> str:
    """Return where the graph in force is, relative to the workspace.

    It is that of an amendment, where its conductor died after it took the amendment in and before it
    moved the files. See "Amendments" on the workspace format page.

    Raises:
        FormatError: the journal is damaged, or this version cannot read it.
    """
    amendment = amendment_in_force(root)
    if amendment is None or _head_amendment(root / GRAPH) == amendment:
        return GRAPH
    staged = f"{AMENDMENTS}/{amendment}/{GRAPH}"
    # Where it is not there, its conductor has moved it just now.
    return staged if os.path.lexists(root / staged) else GRAPH


def _head_amendment(path: Path) -> object:
    """Return the amendment that a graph says; None: none, or it cannot be read."""
    with contextlib.suppress(Exception), stream_regular(path) as file:  # who reads it next says why
        head = GraphStream(path, file, os.fstat(file.fileno()).st_size).head
        return head.get("amendment")
    return None
