"""A variable of the shell that was meant to be a parameter."""

from __future__ import annotations

import pytest

PARAMETERS = "global.parameters:\n"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("echo ${SIZE}", "MS412"),
        ("echo \\${SIZE}", None),
        ("echo ${OTHER}", None),
        ("echo ${SIZE:-3}", None),
        ("SIZE=4; echo ${SIZE}", None),
        ("for SIZE in 1 2; do echo ${SIZE}; done", None),
        ("read SIZE; echo ${SIZE}", None),
        (". ./settings; echo ${SIZE}", None),
    ],
)
def test_a_variable_of_the_shell_called_like_a_parameter(codes, command, code, step, study):
    text = PARAMETERS + "  SIZE: {values: [1, 2], label: S.%%}\n"
    found = codes(text + study(step("a", f"cmd: '{command}; echo $(SIZE)'")))
    assert found == ({code} if code else set())
