"""Graphs as SVG: well-formed whatever the names are, with all nodes and edges, none upon another."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from maestro_cli.graph_view.as_svg import svg
from maestro_cli.graph_view.pictures import instances_picture, steps_picture
from maestro_cli.testing import HOSTILE, funnel, hostile

NS = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - we wrote it


def test_it_is_well_formed_and_names_are_text() -> None:
    root = parsed(svg(steps_picture(hostile(), limit=50)))
    assert {element.tag.removeprefix(NS) for element in root.iter()} == {
        *("svg", "title", "style", "rect", "path", "g", "text"),
    }
    shown = [element.text for element in root.iter(f"{NS}text")]
    assert "</script><script>alert(1)</script>" in shown
    assert r"\x1b[31mred\x07\r\nnext" in shown
    assert all(text and text.isprintable() for text in shown)
    assert len(root.findall(f"{NS}g")) == len(HOSTILE)


def test_every_edge_is_drawn_and_those_from_all_are_thick() -> None:
    picture = steps_picture(funnel(), limit=9)
    root = parsed(svg(picture))
    kinds = [path.get("class") for path in root.findall(f"{NS}path")]
    assert sorted(kind for kind in kinds if kind != "h") == ["e", "e all", "e all"]
    assert kinds.count("h") == 3


def test_no_box_lies_upon_another_or_outside() -> None:
    root = parsed(svg(instances_picture(funnel(8), limit=99)))
    left, top, width, height = map(float, root.get("viewBox", "").split())
    boxes = []
    for group in root.findall(f"{NS}g"):
        rect = group.find(f"{NS}rect")
        assert rect is not None
        x, y, w, h = (float(rect.get(key, "")) for key in ("x", "y", "width", "height"))
        boxes.append((x, y, x + w, y + h))
        assert left <= x
        assert x + w <= left + width
        assert top <= y
        assert y + h <= top + height
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart


def test_in_a_page_it_has_no_style_of_its_own() -> None:
    text = svg(steps_picture(funnel(), limit=9), alone=False)
    assert "<style" not in text
    assert not re.search(r"\s(style|on\w+)=", text)
