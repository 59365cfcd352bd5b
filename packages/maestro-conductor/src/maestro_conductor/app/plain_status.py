"""Print a plain table of the states: ``conductor DIR -s``. The pretty ones are maestro-cli's."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from maestro_conductor.core.study_state import NONE
from maestro_conductor.journal import read_state
from maestro_conductor.model.states import NAMES
from maestro_conductor.observers.status_csv import duration
from maestro_conductor.workspace.conductor_lock import holder

__all__ = ["print_status"]


def print_status(root: Path) -> int:
    """Print a line per instance, and one for the study; return the exit code.

    Raises:
        WorkspaceError: ``root`` is no workspace, or it cannot be read.
    """
    graph, state = read_state(root)
    width = max([len(name) for name in graph.names], default=0)
    now = time.time_ns() // 1_000_000
    out = sys.stdout
    for i, name in enumerate(graph.names):
        started, ended = state.started[i], state.ended[i]
        took = "" if started == NONE else duration((now if ended == NONE else ended) - started)
        line = f"{_visible(name):{width}}  {NAMES[state.state[i]]:11}  {state.job[i] or '--':>10}  "
        out.write(f"{line}{took:>15}  {_visible(state.reason.get(i, ''))}".rstrip() + "\n")
    live = holder(root)
    counts = ", ".join(f"{n} {NAMES[code]}" for code, n in enumerate(state.counts) if n)
    if state.outcome is not None:
        study = state.outcome[0]
    elif live is not None:
        study = f"runs, {live.describe()}"
    else:
        study = "does not run, and has not ended"
    out.write(f"\n{_visible(graph.name)}: {study}: {counts}\n")
    out.flush()  # so that a reader that is gone is noticed here
    return 0


def _visible(text: str) -> str:
    """Replace control characters: a name must not steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
