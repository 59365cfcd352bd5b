"""Layers: what waits is below what it waits for, and lines cross as little as can be had.

A fault here would be an arrow that leads upwards, or a tangle where none need be.
"""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from maestro_cli.graph_view.layers import arrange
from maestro_cli.graph_view.picture import Edge


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    nodes = draw(st.integers(1, 14))
    pairs = [(a, b) for b in range(nodes) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return nodes, sorted(Edge(a, b) for a, b in chosen)


@given(graphs())
def test_every_edge_goes_down_layer_by_layer(graph: tuple[int, list[Edge]]) -> None:
    nodes, edges = graph
    layering = arrange(nodes, edges)
    layer_of = {item: n for n, layer in enumerate(layering.layers) for item in layer}
    assert sorted(layer_of) == list(range(len(layer_of)))
    ways: dict[Edge, list[tuple[int, int]]] = {edge: [] for edge in edges}
    for upper, lower, edge in layering.links:
        assert layer_of[lower] == layer_of[upper] + 1
        ways[edge].append((upper, lower))
    for edge, way in ways.items():
        assert (way[0][0], way[-1][1]) == (edge.source, edge.target)
        assert all(one[1] == other[0] for one, other in itertools.pairwise(way))
        assert all(lower >= nodes for _, lower in way[:-1])


def test_two_chains_that_begin_crossed_do_not_cross() -> None:
    # 0 and 1 stand side by side; 2 waits for 1, 3 for 0.
    layering = arrange(4, [Edge(0, 3), Edge(1, 2)])
    upper, lower = layering.layers
    assert [{0: 3, 1: 2}[item] for item in upper] == list(lower)


def test_what_begins_late_is_right_above_what_waits_for_it() -> None:
    layering = arrange(4, [Edge(0, 1), Edge(1, 3), Edge(2, 3)])
    assert set(layering.layers[1]) == {1, 2}


def test_nothing_has_no_layers() -> None:
    assert arrange(0, []).layers == ()
