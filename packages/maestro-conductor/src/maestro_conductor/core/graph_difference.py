"""Compare two graphs of a study, instance by instance, by their names; pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import attrs

from maestro_conductor.core.graph_outline import Outline
from maestro_conductor.core.study_state import NONE
from maestro_conductor.model.graph import Graph

__all__ = ["DIFFERENCES", "Difference", "compare"]

#: What of an instance may be another than before, by the words that people are told.
DIFFERENCES = (
    "cmd",
    "restart",
    "resources",
    "shell",
    "scheduler",
    "failure",
    "depends",
    "workspace",
)


@attrs.frozen(eq=False, repr=False)
class Difference:
    """How a graph differs from an earlier one.

    Attributes:
        old, new: the graphs.
        origin: for each instance of the new graph its index in the old one; `NONE`: it is new.
        differs: new index → what of the instance is not as before: words of `DIFFERENCES`.
        gone: old indexes of those that the new graph lacks.
    """

    old: Graph
    new: Graph
    origin: array[int]
    differs: dict[int, tuple[str, ...]]
    gone: array[int]


def compare(old: Outline, new: Outline) -> Difference:
    """Compare two graphs of a study."""
    places = {name: i for i, name in enumerate(old.graph.names)}
    origin = array("q", [places.pop(name, NONE) for name in new.graph.names])
    gone = array("q", sorted(places.values()))
    edges = _Edges(old.graph, new.graph, gone)
    shell = old.graph.batch.get("shell") != new.graph.batch.get("shell")
    adapter = old.graph.batch.get("type") != new.graph.batch.get("type")
    differs: dict[int, tuple[str, ...]] = {}
    step_of, old_step_of, scheduled = new.graph.step_of, old.graph.step_of, new.graph.scheduled
    for j, i in enumerate(origin):
        if i == NONE:
            continue
        rule = new.rules[step_of[j]] != old.rules[old_step_of[i]]
        waits = new.waits[j] != old.waits[i] or edges.have_groups(i, j)
        if not (
            rule
            or waits
            or shell
            or (adapter and scheduled[j])
            or new.commands[j] != old.commands[i]
            or new.restarts[j] != old.restarts[i]
            or new.resources[j] != old.resources[i]
            or new.places[j] != old.places[i]
        ):
            continue
        found = (
            new.commands[j] != old.commands[i],
            new.restarts[j] != old.restarts[i],
            new.resources[j] != old.resources[i],
            shell,
            bool(adapter and scheduled[j]),
            rule,
            waits and edges.differ(i, j),
            new.places[j] != old.places[i],
        )
        if any(found):
            words = zip(DIFFERENCES, found, strict=True)
            differs[j] = tuple([word for word, is_other in words if is_other])
    return Difference(old.graph, new.graph, origin, differs, gone)


class _Edges:
    """Compares what instances wait for. New instances among that are no difference.

    Args:
        old, new: the graphs.
        gone: instances of the old one that the new one lacks.
    """

    def __init__(self, old: Graph, new: Graph, gone: array[int]) -> None:
        self._old = old
        self._new = new
        self._losing = {old.step_of[i] for i in gone}
        self._old_steps = {step.name for step in old.steps}
        self._old_names: frozenset[str] | None = None

    def have_groups(self, i: int, j: int) -> bool:
        """Tell whether one of the two waits for all instances of a step."""
        return i in self._old.groups or j in self._new.groups

    def differ(self, i: int, j: int) -> bool:
        """Tell whether an instance waits for another one than before, or no longer for one."""
        old, new = self._old, self._new
        before = {old.names[need] for need in old.needs_of(i)}
        after = {new.names[need] for need in new.needs_of(j)}
        if before - after or any(self._is_known(name) for name in after - before):
            return True
        groups = old.groups.get(i, ())
        steps_before = {old.steps[step].name for step in groups}
        steps_after = {new.steps[step].name for step in new.groups.get(j, ())}
        return bool(
            steps_before - steps_after
            or (steps_after - steps_before) & self._old_steps
            or self._losing.intersection(groups)
        )

    def _is_known(self, name: str) -> bool:
        if self._old_names is None:
            self._old_names = frozenset(self._old.names)
        return name in self._old_names


def renamed_steps(difference: Difference) -> Iterator[str]:
    """Yield the steps all of whose instances are gone, and as new: they have another parameter."""
    gone = {difference.old.step_of[i] for i in difference.gone}
    counts = [0] * len(difference.old.steps)
    for i in difference.gone:
        counts[difference.old.step_of[i]] += 1
    lost = {
        difference.old.steps[step].name
        for step in gone
        if counts[step] == difference.old.steps[step].count
    }
    for step in difference.new.steps:
        if step.name in lost and step.count:
            yield step.name
