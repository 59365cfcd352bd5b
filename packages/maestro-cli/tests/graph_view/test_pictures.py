"""From outlines to pictures.

A fault here would be an arrow that is not there, a step that stays undrawn without a word, or a picture
of ten thousand boxes.
"""

from __future__ import annotations

import pytest

from maestro_cli.graph_view.picture import Edge, tone_of
from maestro_cli.graph_view.pictures import _shares, instances_picture, steps_picture
from maestro_cli.testing import funnel, outline


def test_steps_have_their_counts_and_what_is_waited_for() -> None:
    states = ["FINISHED", "FINISHED", "FAILED", "RUNNING", "QUEUED", "FAILED", "INITIALIZED"]
    picture = steps_picture(funnel(3, states), limit=10)
    assert [node.name for node in picture.nodes] == ["make", "post", "collect"]
    assert picture.nodes[0].detail == "×3: 1 failed, 2 finished"
    assert picture.nodes[1].counts == {"RUNNING": 1, "QUEUED": 1, "FAILED": 1}
    assert picture.edges == (Edge(0, 1), Edge(0, 2, every=True), Edge(1, 2, every=True))
    assert picture.notes == ()


def test_a_study_file_has_no_states() -> None:
    picture = steps_picture(funnel(), limit=10)
    assert [node.detail for node in picture.nodes] == ["×3", "×3", "×1"]
    assert {node.tone for node in picture.nodes} == {"none"}


def test_steps_that_are_left_out_are_counted() -> None:
    picture = steps_picture(outline([(f"s{n}", 1) for n in range(9)], {8: [0]}), limit=4)
    assert len(picture.nodes) == 4
    assert picture.edges == ()
    assert picture.notes == ("4 of 9 steps are drawn",)


def test_all_of_a_step_is_one_node_and_not_an_edge_for_each_pair() -> None:
    picture = instances_picture(funnel(3), limit=100)
    names = [node.name for node in picture.nodes]
    assert names.count("all 3 of post") == 1
    every = names.index("all 3 of post")
    assert sum(edge.target == every for edge in picture.edges) == 3
    assert Edge(every, names.index("collect")) in picture.edges
    assert Edge(names.index("make_N.2"), names.index("post_N.2")) in picture.edges


def test_instances_that_are_left_out_are_one_node_with_their_states() -> None:
    states = ["FINISHED"] * 100 + ["FAILED"] * 100 + ["INITIALIZED"]
    picture = instances_picture(funnel(100, states), limit=11)
    drawn = [node for node in picture.nodes if node.kind == "instance"]
    assert len(drawn) == 11
    rest = next(node for node in picture.nodes if node.kind == "rest")
    assert (rest.name, rest.detail) == ("make …", "95 more: 95 finished")
    assert picture.notes == ("11 of 201 instances are drawn; the others are counted",)
    assert all(edge.source < edge.target for edge in picture.edges)
    # What is not drawn still leads to what is not drawn.
    places = [n for n, node in enumerate(picture.nodes) if node.kind == "rest"]
    assert Edge(places[0], places[1]) in picture.edges


@pytest.mark.parametrize(
    ("counts", "limit", "shares"),
    [([1, 10, 3], 10, [1, 6, 3]), ([5, 5], 4, [2, 2]), ([3], 9, [3]), ([2, 2, 2], 2, [0, 1, 1])],
)
def test_small_steps_are_drawn_whole(counts: list[int], limit: int, shares: list[int]) -> None:
    assert _shares(counts, limit) == shares


@pytest.mark.parametrize(
    ("counts", "tone"),
    [
        ({}, "none"),
        ({"FINISHED": 3, "SKIPPED": 1}, "ok"),
        ({"FINISHED": 3, "FAILED": 1, "RUNNING": 1}, "bad"),
        ({"FINISHED": 3, "RUNNING": 1, "QUEUED": 4}, "run"),
        ({"CANCELLED": 1, "FINISHED": 3}, "off"),
        ({"INITIALIZED": 1, "FINISHED": 3}, "wait"),
        ({"FAILED": 0, "FINISHED": 3}, "ok"),
    ],
)
def test_the_worst_state_gives_the_tone(counts: dict[str, int], tone: str) -> None:
    assert tone_of(counts) == tone
