"""A dependency that is left out of what a step waits for."""

from __future__ import annotations

import pytest

from maestro_spec.lint.step_links import Links, funnel_target, links_of, resolved
from maestro_spec.model.study import Step

STEPS = {name: Step(name, "", "") for name in ("a", "b", "c")}


@pytest.mark.parametrize(
    ("depends", "commands", "expected"),
    [
        (("a", "b_*", "c*", "gone"), set(), Links(("a",), ("b", "c"), ())),
        (("$(FIRST)",), set(), Links(("a",), (), ())),
        ((), {"b.workspace", "s.workspace", "gone.workspace"}, Links((), (), ("b",))),
        (("b_*",), {"b.workspace"}, Links((), ("b",), ())),
        ((), {"IN"}, Links((), (), ("c",))),
    ],
)
def test_what_a_step_waits_for(depends, commands, expected):
    step = Step("s", "", "", depends=depends)
    reached = {"IN": frozenset({"c.workspace"})}
    assert links_of(step, commands, {**STEPS, "s": step}, {"FIRST": "a"}, reached) == expected


def test_the_target_of_a_funnel():
    assert [funnel_target(name) for name in ("a_*", "a*", "a_b")] == ["a", "a", "a_b"]


def test_a_name_that_leads_back_to_itself_comes_to_an_end():
    assert resolved("$(A)", {"A": "x$(A)"}).endswith("$(A)")
    assert resolved("$(A)/$(B)", {"A": "$(B)", "B": "b"}) == "b/b"
