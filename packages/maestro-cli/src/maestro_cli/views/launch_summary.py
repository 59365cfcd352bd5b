"""Show what is about to be run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.fit import pad, wrap
from maestro_cli.views.table import cells

if TYPE_CHECKING:
    from maestro_graph import Graph

__all__ = ["lines"]


#: More steps than this are counted, not named.
_MOST_STEPS = 12


def lines(
    graph: Graph,
    root: Path,
    *,
    paint: Paint,
    throttle: int = 0,
    usetmp: bool = False,
    width: int | None = None,
) -> Iterator[str]:
    """Yield the study's name, size, instances per step, scheduler, folder and what is written.

    Args:
        graph: What is to be run.
        root: The study's folder.
        paint: Colours.
        throttle: Most jobs submitted at once; 0: no limit.
        usetmp: Scripts are kept in a temporary folder.
        width: Columns of the terminal; None: lines are not broken.
    """
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
        "At once": _at_once(graph, throttle),
        "Folder": clean(root),
        "Writes": f"scripts{' (in a temporary folder)' if usetmp else ''} and output in STEP/,"
        " logs/, status.csv, meta/, and a copy of the study file",
    }
    for name, text in rows.items():
        for number, line in enumerate(wrap(f"{name:<10} {text}", width, indent=" " * 11)):
            yield line if number else paint(line[:10], "bold") + line[10:]
        if name == "Steps":
            yield from _steps(graph)


def _at_once(graph: Graph, throttle: int) -> str:
    """Return how many jobs may run or be queued at the same time."""
    slots = graph.batch.local_slots
    if slots is not None:
        local = "1 local slot" if slots == 1 else f"{slots} local slots"
    else:
        local = "as many as the cores take" if graph.batch.type == "local" else "all that may run"
    return local + (f", at most {throttle} submitted" if throttle else "")


def _steps(graph: Graph) -> Iterator[str]:
    shown = graph.steps[:_MOST_STEPS]
    size = max((cells(clean(step.name)) for step in shown), default=0)
    for step in shown:
        yield f"{' ' * 11}{pad(clean(step.name), size)}  {step.count}"
    if rest := graph.steps[_MOST_STEPS:]:
        number = sum(step.count for step in rest)
        yield f"{' ' * 11}… and {len(rest)} more steps with {number} instances"
