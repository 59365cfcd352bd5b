"""A quote or a bracket that is not closed, and that is reported elsewhere or not at all."""

from __future__ import annotations

import pytest

from maestro_spec.yaml.delimiters import read_flow, read_quoted


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["a: 'x'"], None),
        (["a: 'it''s'  # one"], None),
        (['a: "x \\" y"'], None),
        (["a: 'x", "  y'"], None),
        (["a: 'It's'"], (0, 6)),
        (["a: 'x", "b: y'"], (0, 3)),
        (['a: "x'], (0, 3)),
    ],
)
def test_quotes(lines, place):
    found, _ = read_quoted(lines, 0, 3, "a", 0)
    assert (found and (found.line, found.column)) == place


@pytest.mark.parametrize(
    ("lines", "place", "next_line"),
    [
        (["a: [b, {c: d}]"], None, 1),
        (["a: [b, # ]", "  c, ']']", "d: e"], None, 2),
        (["a: [b}"], (0, 5), 1),
        (["a: [b] c"], (0, 3), 1),
        (["a: [b, [c", "d: e"], (0, 7), 2),
    ],
)
def test_brackets(lines, place, next_line):
    found, following = read_flow(lines, 0, 3, "a")
    assert (found and (found.line, found.column)) == place
    assert following == next_line
