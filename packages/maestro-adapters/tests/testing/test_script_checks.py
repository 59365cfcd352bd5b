"""The checks of scripts find what is wrong with an adapter.

A fault here would be a contract that an adapter keeps although its scripts are no good.
"""

import pytest

from maestro_adapters.testing import FakeScheduler
from maestro_adapters.testing.script_checks import (
    check_description,
    check_launchers_fit,
    check_scripts,
)


class Changed(FakeScheduler):
    """An adapter with one thing wrong."""

    def __init__(self, **wrong):
        super().__init__()
        self.wrong = wrong
        self.count = 0

    def describe(self):
        return {**super().describe(), **self.wrong}

    def render(self, request):
        self.count += 1
        wrong = {
            key: value(self.count) if callable(value) else value
            for key, value in self.wrong.items()
        }
        return {**super().render(request), **wrong}


def test_a_good_adapter_passes(tmp_path):
    check_description(FakeScheduler())
    check_scripts(FakeScheduler(), {"procs": 1}, str(tmp_path))
    check_launchers_fit(FakeScheduler(), str(tmp_path))


@pytest.mark.parametrize("wrong", [{"name": "other"}, {"suffix": "sh"}, {"slots": (1,)}])
def test_a_description_that_is_wrong(wrong):
    with pytest.raises(AssertionError):
        check_description(Changed(**wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"script": "echo one\necho two\n"},
        {"script": "#!/bin/sh\necho one\necho two\n"},
        {"restart": None},
        {"script_name": "a b.fake.sh"},
        {"slots": lambda count: count},
        {"prepared": {"nodes": ("n1",)}},
    ],
)
def test_scripts_that_are_wrong(wrong, tmp_path):
    with pytest.raises(AssertionError):
        check_scripts(Changed(**wrong), {"procs": 1}, str(tmp_path))


def test_launchers_that_are_not_summed_up(tmp_path):
    class Generous(FakeScheduler):
        def render(self, request):
            return super().render({**request, "procs": 99})

    with pytest.raises(AssertionError, match="5 procs were given out of 4"):
        check_launchers_fit(Generous(), str(tmp_path))
