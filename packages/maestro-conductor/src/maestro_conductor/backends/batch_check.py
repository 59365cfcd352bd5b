"""Try whether jobs can be made with other batch keys, before anything depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from maestro_conductor.backends.job_request import JobRequests
from maestro_conductor.backends.protocol import Rendered, RequestMap
from maestro_conductor.errors import ConductorError
from maestro_conductor.workspace.graph_file import GraphFile

__all__ = ["batch_trouble"]


class _Renderer(Protocol):
    def render(self, request: RequestMap) -> Rendered: ...


def batch_trouble(
    graph: GraphFile, root: Path, renderer: _Renderer, batch: Mapping[str, object]
) -> str | None:
    """Return why no script can be made with batch keys; None: of each scheduled step one can.

    Args:
        graph: what is run.
        root: the workspace.
        renderer: the adapter of the scheduled steps.
        batch: keys that replace those of the graph.
    """
    requests = JobRequests(graph, root, lambda: batch)
    for step in graph.graph.steps:
        of_step = range(step.first, step.first + step.count)
        first = next((i for i in of_step if graph.graph.scheduled[i]), None)
        if first is None:
            continue
        try:
            renderer.render(requests.read(first))
        except (ValueError, OSError, ConductorError) as error:
            return f"step {step.name}: {error}"
    return None
