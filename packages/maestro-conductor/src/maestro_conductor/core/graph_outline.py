"""Take down what each instance of a graph does, so briefly that two large graphs can be compared; pure."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from maestro_conductor.model.graph import Graph

__all__ = ["Outline", "Outliner"]

_DEFAULTS = ("nodes", "procs", "gpus")


@attrs.define(repr=False)
class Outline:
    """What the instances of a graph do. Arrays have one element for each: a hash of this process.

    Attributes:
        graph: the graph.
        commands, restarts: of their texts.
        resources: of what they ask for.
        places: of workspace, script and label.
        waits: of the names of the instances that they wait for; groups apart.
        rules: for each step, what the end of its command means.
        stems: script and label of those that are not called as the instance.
    """

    graph: Graph
    commands: array[int]
    restarts: array[int]
    resources: array[int]
    places: array[int]
    waits: array[int]
    rules: list[int]
    stems: dict[int, tuple[str, str]]


class Outliner:
    """Makes an outline while a graph is read.

    Args:
        normal: makes texts name the folder in which the workspace is now.
        root: how they name it, a token or a path; empty: they do not.

    Attributes:
        visit: takes down an instance, the next one, from its record.
    """

    def __init__(self, normal: Callable[[str], str], root: str) -> None:
        self._normal = normal
        self._root = root
        self._arrays = [array("q") for _ in range(4)]
        #: Instances with resources of their own.
        self._own: dict[int, Mapping[str, Any]] = {}
        self._stems: dict[int, tuple[str, str]] = {}
        self.visit = self._visitor()

    def _visitor(self) -> Callable[[Mapping[str, Any]], None]:
        # Local names: what follows is done once per instance, of two graphs.
        normal, root, own, stems = self._normal, self._root, self._own, self._stems
        names: list[str] = []
        commands, restarts, places, waits = self._arrays

        def visit(record: Mapping[str, Any]) -> None:
            command, restart, needs = record["command"], record["restart"], record["needs"]
            if root:
                if root in command:
                    command = normal(command)
                if restart is not None and root in restart:
                    restart = normal(restart)
            if record["resources"] is not None:
                own[len(names)] = record["resources"]
            name, script, label = record["name"], record["script"], record["label"]
            if not name == script == label:
                stems[len(names)] = script, label
            names.append(name)
            commands.append(hash(command))
            restarts.append(0 if restart is None else hash(restart))
            places.append(hash((record["workspace"], script, label)))
            if not needs:
                waits.append(0)
            elif len(needs) == 1:
                waits.append(hash(names[needs[0]]))
            else:
                waits.append(hash(frozenset([names[need] for need in needs])))

        return visit

    def finish(self, graph: Graph) -> Outline:
        """Return the outline of the graph that was read."""
        commands, restarts, places, waits = self._arrays
        of_step = [
            [self._asked(step.resources, graph, scheduled) for scheduled in (False, True)]
            for step in graph.steps
        ]
        pairs = zip(graph.step_of, graph.scheduled, strict=True)
        resources = array("q", [of_step[step][scheduled] for step, scheduled in pairs])
        for i, own in self._own.items():
            resources[i] = self._asked(own, graph, bool(graph.scheduled[i]))
        rules = [hash(attrs.astuple(step.failure)) for step in graph.steps]
        return Outline(graph, commands, restarts, resources, places, waits, rules, self._stems)

    def _asked(self, resources: Mapping[str, Any], graph: Graph, scheduled: bool) -> int:
        """Return what an instance asks for, with what the batch block says where it is silent."""
        asked = {key: value for key, value in resources.items() if value not in (None, {})}
        if scheduled:
            for key in _DEFAULTS:
                if graph.batch.get(key) is not None:
                    asked.setdefault(key, graph.batch[key])
        text = repr(sorted((key, repr(value)) for key, value in asked.items()))
        return hash((scheduled, self._normal(text) if self._root else text))
