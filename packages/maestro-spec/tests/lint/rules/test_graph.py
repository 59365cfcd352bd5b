"""A dependency that is missing, makes a cycle or is forgotten, and of which nothing is said."""

from __future__ import annotations

import pytest

PARAMETERS = "global.parameters:\n"


def test_the_order_of_steps_never_matters(lint, step, study):
    steps = [
        step("a", "cmd: echo"),
        step("b", "cmd: ls $(a.workspace), depends: [a]"),
        step("c", "cmd: ls $(b.workspace), depends: [b]"),
    ]
    assert lint(study(*steps)) == lint(study(*reversed(steps))) == []


def test_a_cycle_is_printed_as_it_goes(lint, step, study, messages):
    text = study(
        step("c", "cmd: x, depends: [a]"),
        step("a", "cmd: x, depends: [b]"),
        step("b", "cmd: x, depends: [c_*]"),
        step("d", "cmd: x, depends: [a]"),
    )
    assert messages(text, "MS304") == ["These steps wait for each other: a → b → c → a."]


def test_a_workspace_that_is_waited_for_through_others_is_no_problem(lint, step, study):
    text = study(
        step("a", "cmd: x"),
        step("b", "cmd: x, depends: [a]"),
        step("c", "cmd: ls $(a.workspace), depends: [b]"),
    )
    assert lint(text) == []


def test_a_workspace_through_a_variable_is_a_dependency_too(codes, step, study):
    env = "env: {variables: {IN: $(a.workspace)/in}}\n"
    steps = [step("a", "cmd: ls $(b.workspace), depends: [b]"), step("b", "cmd: ls $(IN)")]
    assert "MS304" in codes(env + study(*steps))


def test_dependencies_may_be_named_by_variables(lint, step, study, messages):
    env = "env: {variables: {FIRST: a}}\n"
    assert lint(env + study(step("a", "cmd: x"), step("b", "cmd: x, depends: [$(FIRST)]"))) == []
    found = messages(env + study(step("b", "cmd: x, depends: [$(FIRST)]")), "MS302")
    assert found == ["`b` depends on `a`, which is no step."]


def test_a_step_that_is_unreadable_hides_no_names_of_others(codes, step, study):
    text = study(step("a", "cmd: 5"), step("b", "cmd: x, depends: [a]"))
    assert codes(text) == {"MS104"}


@pytest.mark.parametrize(
    ("depends", "command", "code"),
    [
        ("make", "cat $(make.workspace)/*/a", "MS311"),
        ("make", 'cat "$(make.workspace)"/*/a', "MS311"),
        ("make_*", "cat $(make.workspace)/*/a", None),
        ("make", "cat $(make.workspace)/*.txt", None),
        ("make", "ls $(make.workspace)/*", None),
        ("single", "cat $(single.workspace)/*/a", None),
    ],
)
def test_a_forgotten_star(codes, depends, command, code, step, study):
    text = PARAMETERS + "  N: {values: [1, 2], label: N.%%}\n"
    steps = [step("make", "cmd: echo $(N)"), step("single", "cmd: echo")]
    steps.append(step("use", f"cmd: '{command}', depends: [{depends}]"))
    assert codes(text + study(*steps)) == ({code} if code else set())
