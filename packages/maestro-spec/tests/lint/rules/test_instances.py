"""Two instances of one name, which an expansion would refuse later."""

from __future__ import annotations

import pytest

PARAMETERS = "global.parameters:\n"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ("a_P.1", "MS310"),
        ("a_P.3", None),
        ("a_P", None),
    ],
)
def test_a_step_called_like_an_instance(codes, other, code, step, study):
    text = PARAMETERS + "  P: {values: [1, 2], label: P.%%}\n"
    found = codes(text + study(step(other, "cmd: echo"), step("a", "cmd: echo $(P)")))
    assert found == ({code} if code else set())


def test_instances_of_two_steps_with_one_name(codes, step, study):
    table = "  P: {values: [1], label: x_%%}\n  Q: {values: [1], label: Q}\n"
    text = PARAMETERS + "  P: {values: [x_1, '1'], label: '%%'}\n"
    steps = study(step("a", "cmd: echo $(P)"), step("a_x", "cmd: echo $(P)"))
    assert "MS310" in codes(text + steps)
    assert "MS310" not in codes(PARAMETERS + table + steps)
