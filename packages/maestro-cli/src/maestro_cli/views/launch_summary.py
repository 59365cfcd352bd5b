"""Show what is about to be run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint

if TYPE_CHECKING:
    from maestro_graph import Graph

__all__ = ["lines"]


def lines(graph: Graph, root: Path, *, paint: Paint) -> Iterator[str]:
    """Yield the study's name, size, scheduler and folder, a line each."""
    parameters = len(graph.parameters)
    rows = {
        "Study": clean(graph.name),
        "Steps": f"{len(graph.steps)} steps, {len(graph.instances)} instances"
        + (f", {parameters} parameter{'' if parameters == 1 else 's'}" if parameters else ""),
        "Scheduler": clean(graph.batch.type)
        + "".join(
            f", {key} {clean(value)}"
            for key, value in (
                ("host", graph.batch.host),
                ("queue", graph.batch.queue),
                ("bank", graph.batch.bank),
            )
            if value
        ),
        "Folder": clean(root),
    }
    for name, text in rows.items():
        yield f"{paint(f'{name:<10}', 'bold')} {text}"
