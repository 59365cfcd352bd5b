"""Give the items of layers their places from left to right: near what they are joined to, none on another."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence

from maestro_cli.graph_view.layers import Layering

__all__ = ["place"]

_SWEEPS = 6
#: A line over several layers is rather straight than short.
_STRAIGHT = 4.0


def place(layering: Layering, widths: Sequence[float], gap: float) -> list[float]:
    """Return the middle of each item.

    Args:
        layering: Nodes and stand-ins.
        widths: Of the nodes; a stand-in has none.
        gap: Least space between two items of a layer.
    """

    def width(item: int) -> float:
        return widths[item] if item < layering.nodes else 0.0

    above: dict[int, list[int]] = defaultdict(list)
    below: dict[int, list[int]] = defaultdict(list)
    for upper, lower, _ in layering.links:
        above[lower].append(upper)
        below[upper].append(lower)
    middle: dict[int, float] = {}
    for layer in layering.layers:
        edge = 0.0
        for item in layer:
            middle[item] = edge + width(item) / 2
            edge += width(item) + gap
    for sweep in range(_SWEEPS + 1):
        down = sweep % 2 == 0
        near = above if down else below
        for layer in layering.layers if down else reversed(layering.layers):
            if not layer:
                continue
            wanted, weights = [], []
            for item in layer:
                others = near[item] or below[item] or above[item]
                own = middle[item]
                wanted.append(
                    sum(middle[other] for other in others) / len(others) if others else own
                )
                straight = item >= layering.nodes or any(o >= layering.nodes for o in near[item])
                weights.append(_STRAIGHT if straight else 1.0)
            apart = [
                (width(left) + width(right)) / 2 + gap for left, right in itertools.pairwise(layer)
            ]
            middle.update(zip(layer, spread(wanted, apart, weights), strict=True))
    least = min((middle[item] - width(item) / 2 for item in middle), default=0.0)
    return [middle[item] - least for item in range(len(middle))]


def spread(
    wanted: Sequence[float], apart: Sequence[float], weights: Sequence[float]
) -> list[float]:
    """Return places as near to those wanted as can be, in the same order, and far enough apart.

    That is least squares under an order, which pooling neighbours that are in each other's way solves
    (Barlow et al., "Statistical inference under order restrictions", 1972).

    Args:
        wanted: Where each would like to be.
        apart: Least distance of each from the one before it, from the second on.
        weights: How much it matters to each.

    >>> spread([5.0, 5.0], [2.0], [1.0, 1.0])
    [4.0, 6.0]
    """
    offsets = [0.0]
    for distance in apart:
        offsets.append(offsets[-1] + distance)
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for want, offset, weight in zip(wanted, offsets, weights, strict=True):
        mean, total, count = want - offset, weight, 1
        while blocks and blocks[-1][0] >= mean:
            before, heavy, many = blocks.pop()
            mean = (mean * total + before * heavy) / (total + heavy)
            total, count = total + heavy, count + many
        blocks.append((mean, total, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
