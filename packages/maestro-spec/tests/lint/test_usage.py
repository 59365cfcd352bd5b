"""A parameter that a step uses through others, and that is taken for unused."""

from __future__ import annotations

from maestro_spec.lint.step_links import Links
from maestro_spec.lint.usage import tokens_reached, used_parameters
from maestro_spec.model.study import Step

STEPS = {name: Step(name, "", "") for name in ("a", "b")}


def test_names_of_the_environment_are_followed_through_each_other():
    env = {"ONE": "x$(TWO)", "TWO": "$(P.label) $(a.workspace) $(date)", "LOOP": "$(LOOP) $(P)"}
    assert tokens_reached(env, {"P"}, STEPS) == {
        "ONE": {"P.label", "a.workspace"},
        "TWO": {"P.label", "a.workspace"},
        "LOOP": {"P"},
    }


def test_a_step_uses_what_its_dependencies_use_but_not_through_a_funnel():
    own = {"a": {"P", "V"}, "b": {"date"}, "c": set()}
    links = {"a": Links((), (), ()), "b": Links(("a",), (), ()), "c": Links((), ("a",), ())}
    reached = {"V": frozenset({"Q.label"})}
    assert used_parameters(own, frozenset({"P", "Q"}), links, reached) == {
        "a": {"P", "Q"},
        "b": {"P", "Q"},
        "c": set(),
    }


def test_what_would_take_too_long_is_not_known():
    env = {f"V{number}": "$(P)" for number in range(3000)}
    assert tokens_reached(env, [f"P{number}" for number in range(3000)], STEPS) is None
    assert used_parameters({}, frozenset(), {}, None) is None
