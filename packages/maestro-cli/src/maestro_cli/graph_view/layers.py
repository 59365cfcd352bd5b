"""Put nodes into layers, and order each layer so that few edges cross.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures"
(1981): longest paths give the layers, an edge over several layers gets a stand-in in each of those
between, and layers are sorted by the mean place of what they are joined to, down and up in turn.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from attrs import frozen

from maestro_cli.graph_view.picture import Edge

__all__ = ["Layering", "arrange"]

#: Sweeps down and up; the order rarely becomes better after a few.
_SWEEPS = 8


@frozen
class Layering:
    """Where nodes and stand-ins are.

    Attributes:
        layers: From the top; each lists its items from the left. Items up to the number of nodes are
            nodes, the others stand-ins.
        links: Upper item, lower item, the edge that they are a part of.
        nodes: The number of nodes.
    """

    layers: tuple[tuple[int, ...], ...]
    links: tuple[tuple[int, int, Edge], ...]
    nodes: int


def arrange(nodes: int, edges: Sequence[Edge]) -> Layering:
    """Arrange a graph whose edges all lead from a smaller to a larger number."""
    rank = _ranks(nodes, edges)
    items = list(rank)
    links: list[tuple[int, int, Edge]] = []
    for edge in edges:
        upper = edge.source
        for layer in range(rank[edge.source] + 1, rank[edge.target]):
            items.append(layer)
            links.append((upper, len(items) - 1, edge))
            upper = len(items) - 1
        links.append((upper, edge.target, edge))
    layers: list[list[int]] = [[] for _ in range(max(items, default=-1) + 1)]
    for item, layer in enumerate(items):
        layers[layer].append(item)
    best = _sorted(layers, links)
    return Layering(tuple(map(tuple, best)), tuple(links), nodes)


def _ranks(nodes: int, edges: Sequence[Edge]) -> list[int]:
    """Return the layer of each node: as high as it can be, but roots right above what waits for them."""
    rank = [0] * nodes
    below: dict[int, list[int]] = defaultdict(list)
    waits = set()
    for edge in sorted(edges, key=lambda edge: edge.target):
        rank[edge.target] = max(rank[edge.target], rank[edge.source] + 1)
        below[edge.source].append(edge.target)
        waits.add(edge.target)
    for node, targets in below.items():
        if node not in waits:
            rank[node] = min(rank[target] for target in targets) - 1
    return rank


def _sorted(layers: list[list[int]], links: Sequence[tuple[int, int, Edge]]) -> list[list[int]]:
    above: dict[int, list[int]] = defaultdict(list)
    below: dict[int, list[int]] = defaultdict(list)
    for upper, lower, _ in links:
        above[lower].append(upper)
        below[upper].append(lower)
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        order = range(1, len(layers)) if down else range(len(layers) - 2, -1, -1)
        for number in order:
            near = layers[number - 1 if down else number + 1]
            place = {item: float(index) for index, item in enumerate(near)}
            _sort(layers[number], above if down else below, place)
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _sort(layer: list[int], near: dict[int, list[int]], place: dict[int, float]) -> None:
    """Sort a layer by the mean place of each item's neighbours; those without one stay in between."""
    means = {
        item: sum(place[other] for other in near[item]) / len(near[item])
        if near[item]
        else float(index)
        for index, item in enumerate(layer)
    }
    layer.sort(key=means.__getitem__)


def _crossings(layers: Sequence[Sequence[int]], below: dict[int, list[int]]) -> int:
    """Count the crossings between all neighbouring layers."""
    number = 0
    for upper, lower in itertools.pairwise(layers):
        place = {item: index for index, item in enumerate(lower)}
        seen: list[int] = []
        for item in upper:
            ends = sorted(place[other] for other in below[item])
            for end in ends:
                number += len(seen) - bisect_right(seen, end)
            seen = sorted([*seen, *ends])
    return number
