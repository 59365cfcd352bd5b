"""A token that is not found in a text, or a place of one that is off."""

from __future__ import annotations

import pytest

from maestro_spec.lint.tokens import (
    find_tokens,
    looks_like_ours,
    texts_in,
    texts_of_step,
    without_part,
)
from maestro_spec.model.study import Resources, Step


def test_each_name_once_in_the_order_of_the_text():
    assert find_tokens(("cmd",), "$(B) $(A) $(B) $((1)) $(date +%s)").names == (
        "B",
        "A",
        "date +%s",
    )


def test_a_token_where_slices_of_a_long_text_meet():
    for shift in range(12):
        assert find_tokens((), "x" * (1024 * 1024 - shift) + "$(NAME)").names == ("NAME",)


@pytest.mark.parametrize(
    ("text", "which"), [("$(A)", 0), ("\\$(A) $(A)", 1), ("\\$(A)", None), ("$(B)", None)]
)
def test_the_first_token_that_no_backslash_hides(text, which):
    assert find_tokens((), text).occurrence("A") == which


def test_all_texts_of_a_step_are_found_with_their_places():
    resources = Resources(procs="$(P)", exclusive_launcher="$(F)", launcher_args={"a": ["x", 1]})
    step = Step("n", "d", "c", restart="r", depends=("a",), resources=resources, at=("study", 0))
    assert dict(texts_of_step(step)) == {
        ("study", 0, "name"): "n",
        ("study", 0, "description"): "d",
        ("study", 0, "run", "cmd"): "c",
        ("study", 0, "run", "restart"): "r",
        ("study", 0, "run", "depends", 0): "a",
        ("study", 0, "run", "procs"): "$(P)",
        ("study", 0, "run", "exclusive", "launcher"): "$(F)",
        ("study", 0, "run", "launcher_args", "a", 0): "x",
    }
    assert [path for path, _ in texts_in({"a": [1, "x"]}, ("k",))] == [("k", "a", 1)]


def test_names_and_their_parts():
    assert [without_part(name) for name in ("P.label", "P", "a.b.c", "P.1")] == [
        "P",
        "P",
        "a.b",
        "P.1",
    ]
    assert looks_like_ours("SIZE.label")
    assert not looks_like_ours("date +%s")
