"""Graphs in Graphviz's language.

A fault here would be a name that ends its string, or that Graphviz reads as something else.
"""

from __future__ import annotations

import re

from maestro_cli.graph_view.as_dot import dot
from maestro_cli.graph_view.pictures import instances_picture, steps_picture
from maestro_cli.testing import funnel, hostile

STRING = r'"(?:[^"\\]|\\.)*"'
LINES = [
    rf"digraph {STRING} {{",
    r"  // .*",
    r'  node \[shape=box, style="filled,rounded", fontname="monospace", fontsize=11\];',
    rf"  n\d+ \[label={STRING}, fillcolor={STRING}, color={STRING}(, shape=ellipse)?\];",
    r"  n\d+ -> n\d+( \[penwidth=3\])?;",
    r"}",
]


def test_names_are_text_whatever_they_hold() -> None:
    for picture in (steps_picture(hostile(), limit=50), instances_picture(funnel(9), limit=9)):
        for line in dot(picture).splitlines():
            assert any(re.fullmatch(form, line) for form in LINES), line
    text = dot(steps_picture(hostile(), limit=50))
    assert r'''label="`\"'quote&amp;lt;#35;\\N\n×1"''' in text
    assert r'label="\\x1b[31mred\\x07\\r\\nnext\n×1"' in text


def test_edges_from_all_are_thick() -> None:
    text = dot(steps_picture(funnel(), limit=9))
    assert "  n0 -> n1;\n" in text
    assert "  n1 -> n2 [penwidth=3];\n" in text
