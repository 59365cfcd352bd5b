"""Places: nothing lies upon something else, and lines are straight where they can be.

A fault here would be a box that hides another one.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_cli.graph_view.layers import arrange
from maestro_cli.graph_view.picture import Edge
from maestro_cli.graph_view.placement import place, spread


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0, 20), st.floats(0.5, 5)), min_size=1))
def test_all_are_far_enough_apart(items: list[tuple[float, float, float]]) -> None:
    wanted, apart, weights = (list(column) for column in zip(*items, strict=True))
    found = spread(wanted, apart[1:], weights)
    for left, right, distance in zip(found, found[1:], apart[1:], strict=False):
        assert right - left >= distance - 1e-6


@pytest.mark.parametrize(
    ("wanted", "found"),
    [([0.0, 9.0], [0.0, 9.0]), ([5.0, 5.0], [4.0, 6.0]), ([9.0, 0.0], [3.5, 5.5])],
)
def test_each_is_as_near_as_can_be(wanted: list[float], found: list[float]) -> None:
    assert spread(wanted, [2.0], [1.0, 1.0]) == pytest.approx(found)


def test_a_chain_is_straight_and_a_parent_stands_over_the_middle_of_its_children() -> None:
    edges = [Edge(0, 1), Edge(1, 2), Edge(1, 3)]
    middles = place(arrange(4, edges), [10.0, 30.0, 10.0, 10.0], 4.0)
    assert middles[0] == pytest.approx(middles[1])
    assert middles[1] == pytest.approx((middles[2] + middles[3]) / 2)
    assert min(m - w / 2 for m, w in zip(middles, [10, 30, 10, 10], strict=True)) == 0
