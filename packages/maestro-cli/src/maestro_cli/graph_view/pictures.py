"""Make pictures of a study's outline: of its steps, or of as many of its instances as fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maestro_cli.graph_view.picture import Edge, Node, Picture
from maestro_cli.study.outline import Outline

__all__ = ["instances_picture", "steps_picture"]


def steps_picture(outline: Outline, *, limit: int) -> Picture:
    """Draw steps, the first ``limit`` of them, with the numbers of their instances and states."""
    shown = outline.steps[:limit]
    nodes = []
    for step in shown:
        counts = outline.counts(step.first, step.size)
        nodes.append(Node(step.name, _detail(step.size, counts), counts=counts))
    step_of = _steps_of(outline)
    found: dict[tuple[int, int], bool] = {}
    for target, step in enumerate(shown):
        for index in range(step.first, step.first + step.size):
            for need in outline.needs(index):
                found.setdefault((step_of[need], target), False)
            for group in outline.groups(index):
                found[group, target] = outline.steps[group].size > 1
    left = len(outline.steps) - len(shown)
    notes = (f"{len(shown)} of {len(outline.steps)} steps are drawn",) if left else ()
    edges = sorted(Edge(source, target, every) for (source, target), every in found.items())
    return Picture(outline.name, tuple(nodes), tuple(edges), notes)


def instances_picture(outline: Outline, *, limit: int) -> Picture:
    """Draw instances, of each step the first, ``limit`` in all; one node stands for the rest of a step."""
    share = _shares([step.size for step in outline.steps], limit)
    nodes: list[Node] = []
    node_of: dict[int, int] = {}
    rest_of: dict[int, int] = {}
    every_of: dict[int, int] = {}
    edges: set[Edge] = set()
    step_of = _steps_of(outline)
    grouped = {group for index in range(len(outline.names)) for group in outline.groups(index)}

    def source_of(index: int) -> int:
        return node_of.get(index, rest_of.get(step_of[index], -1))

    for number, step in enumerate(outline.steps):
        last = step.first + share[number]
        members: list[int] = []
        for index in range(step.first, step.first + step.size):
            if index < last:
                node = node_of[index] = len(nodes)
                counts = outline.counts(index, 1)
                word = next(iter(counts), "").lower()
                nodes.append(Node(outline.names[index], word, "instance", counts))
            elif index == last:
                node = rest_of[number] = len(nodes)
                count = step.first + step.size - last
                counts = outline.counts(last, count)
                nodes.append(Node(f"{step.name} …", _detail(count, counts, "more"), "rest", counts))
            else:
                node = rest_of[number]
            if not members or members[-1] != node:
                members.append(node)
            edges |= {Edge(source_of(need), node) for need in outline.needs(index)}
            edges |= {Edge(every_of[group], node) for group in outline.groups(index)}
        if number in grouped:
            if len(members) == 1:
                every_of[number] = members[0]
            else:
                every_of[number] = len(nodes)
                nodes.append(Node(f"all {step.size} of {step.name}", kind="all"))
                edges |= {Edge(member, every_of[number], every=True) for member in members}
    drawn = len(node_of)
    note = f"{drawn} of {len(outline.names)} instances are drawn; the others are counted"
    notes = (note,) if drawn < len(outline.names) else ()
    return Picture(outline.name, tuple(nodes), tuple(sorted(edges)), notes)


def _steps_of(outline: Outline) -> list[int]:
    """Return the step of each instance."""
    return [number for number, step in enumerate(outline.steps) for _ in range(step.size)]


def _shares(counts: Sequence[int], limit: int) -> list[int]:
    """Share ``limit`` out, so that small steps are drawn whole, and each large one as far as the others.

    >>> _shares([1, 10, 3], 10)
    [1, 6, 3]
    """
    share = [0] * len(counts)
    left = limit
    open_ = sorted(range(len(counts)), key=lambda number: counts[number])
    for done, number in enumerate(open_):
        share[number] = min(counts[number], left // (len(open_) - done))
        left -= share[number]
    return share


def _detail(count: int, counts: Mapping[str, int], more: str = "") -> str:
    """Return ``×3: 2 finished, 1 failed``."""
    total = f"{count} {more}" if more else f"×{count}"
    if not counts:
        return total
    parts = [f"{number} {state.lower()}" for state, number in sorted(counts.items())]
    return f"{total}: {', '.join(parts)}"
