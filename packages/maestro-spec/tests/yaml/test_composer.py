"""A text that costs more than its limits allow, or nodes that are not what the text says."""

from __future__ import annotations

import pytest

from maestro_spec.yaml.composer import MAX_ALIASES, MAX_EXPANDED, MAX_VALUES
from maestro_spec.yaml.nodes import Mapping, Scalar, Sequence
from maestro_spec.yaml.parser import parse


def test_anchors_and_merge_keys(value_of):
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd: *a\n"
    assert value_of(text)["c"] == {"x": 3, "y": 1, "z": 2}
    assert value_of(text)["d"] == {"x": 1, "y": 1}


def test_a_duplicate_key_is_told_with_both_lines():
    _, problems = parse("a: 1\nb: 2\na: 3\n", "study.yaml")
    assert [(p.code, p.place.line) for p in problems] == [("MS008", 3)]
    assert "line 1" in problems[0].message


def test_quoted_scalars_are_texts_and_tags_are_obeyed(value_of):
    assert value_of("['5', \"on\", !!str 5, !!int '5', !!float '5', !!bool 'on']") == [
        "5", "on", "5", 5, 5.0, True,
    ]  # fmt: skip


def test_nodes_are_of_three_kinds():
    document, _ = parse("{a: [1]}", "f")
    assert isinstance(document.root, Mapping)
    assert isinstance(document.root.entries["a"][1], Sequence)
    assert isinstance(document.root.entries["a"][1].items[0], Scalar)


def test_too_deep(code_of, value_of):
    assert code_of("[" * 50_000) == "MS005"
    assert code_of("{a: " * 101 + "}" * 101) == "MS005"
    assert value_of("[" * 100 + "]" * 100)


def test_too_many_aliases(code_of, value_of):
    assert code_of("[&a x, " + "*a, " * (MAX_ALIASES + 1) + "]") == "MS006"
    assert len(value_of("[&a x, " + "*a, " * MAX_ALIASES + "]")) == MAX_ALIASES + 1


@pytest.mark.once
def test_too_many_values(code_of, value_of):
    assert code_of("[" + "1," * MAX_VALUES + "]") == "MS007"
    assert len(value_of("[" + "1," * (MAX_VALUES - 1) + "]")) == MAX_VALUES - 1


def test_many_steps_are_not_too_many_values(value_of):
    steps = [f"- {{name: s{n}, run: {{cmd: x, depends: [s{n - 1}]}}}}" for n in range(10_000)]
    assert len(value_of("\n".join(steps))) == 10_000


def test_aliases_may_stand_for_as_many_values_as_are_allowed(code_of, value_of):
    thousand = "[" + "1, " * 999 + "]"
    most = MAX_EXPANDED // 1000
    assert len(value_of(f"[&a {thousand}, {'*a, ' * most}]")) == most + 1
    assert code_of(f"[&a {thousand}, {'*a, ' * (most + 1)}]") == "MS007"


def test_an_alias_costs_as_much_as_what_it_stands_for(code_of, value_of):
    lines = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert code_of("\n".join(lines)) == "MS007"
    assert value_of("\n".join(lines[:3]))


def test_merge_keys_cost_what_they_bring(code_of):
    lines = ["a0: &a0 {" + ", ".join(f"k{n}: 1" for n in range(300)) + "}"]
    lines += [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 40)]
    assert code_of("\n".join(lines)) == "MS007"


@pytest.mark.parametrize("text", ["&a [*a]", "a: &a\n  b: *a\n"])
def test_an_anchor_that_contains_itself(text, code_of):
    assert code_of(text) == "MS010"
