"""Errors as answers. A fault here would be trouble with a scheduler that a caller cannot tell from its own mistake."""

import pytest

from maestro_adapters import errors


def test_an_error_of_the_scheduler_becomes_an_answer():
    error = errors.SchedulerError("it is away", command=("put", "x"), output="no", transient=True)
    expected = {
        "error": "it is away",
        "transient": True,
        "unknown": False,
        "command": ["put", "x"],
        "output": "no",
    }
    assert error.answer() == error.cancel_answer() == expected
    # The caller may change what it got.
    error.answer()["command"].append("y")
    assert error.command == ["put", "x"]


@pytest.mark.parametrize("name", errors.__all__)
def test_all_have_one_base(name):
    assert issubclass(getattr(errors, name), errors.AdapterError)


def test_mistakes_in_a_call_are_value_errors():
    for error in (errors.OptionsError, errors.LauncherError, errors.WalltimeError):
        assert issubclass(error, ValueError)
    assert not issubclass(errors.SchedulerError, ValueError)
