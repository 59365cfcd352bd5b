"""Names that lead back to themselves, which an expansion would refuse later."""

from __future__ import annotations

import pytest

PARAMETERS = "global.parameters:\n"


def test_variables_nested_to_any_depth(lint, step, study):
    chain = ", ".join(f"V{n}: x$(V{n + 1})" for n in range(200))
    text = f"env: {{variables: {{{chain}, V200: end}}}}\n" + study(step("a", "cmd: $(V0)"))
    assert lint(text) == []


def test_a_variable_may_stand_for_the_parameter_of_its_name(codes, lint, step, study, messages):
    env = "env: {variables: {P: $(P)}, labels: {OUT: o_$(P)}}\n"
    steps = study(step("a", "cmd: echo $(OUT)"))
    assert codes(PARAMETERS + "  P: {values: [1, 2], label: P.%%}\n" + env + steps) == set()
    assert codes(env + steps, parameters=["P"]) == set()
    assert messages(env + steps, "MS404") == [
        "`P` stands for itself, and no parameter is called `P`."
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        "P: {values: [x$(P), y], label: P.%%}",
        "P: {values: [y, x$(P)], label: [a, b]}",
        "P: {values: [1, 2], label: P.%%.$(P.label)}",
        "P: {values: [$(V)], label: P.1}",
        "P: {values: [$(Q)], label: P.1}\n  Q: {values: [$(P)], label: Q.1}",
    ],
)
def test_parameters_that_lead_back_to_themselves(codes, parameters, step, study):
    text = f"env: {{variables: {{V: $(P)}}}}\n{PARAMETERS}  {parameters}\n"
    assert "MS404" in codes(text + study(step("a", "cmd: echo $(P)")))


def test_a_cycle_of_variables_is_printed(lint, messages):
    text = "env: {variables: {A: $(B), B: $(C)}, labels: {C: $(A)}}\n"
    assert messages(text, "MS404") == ["These names contain each other: $(A) → $(B) → $(C) → $(A)."]
