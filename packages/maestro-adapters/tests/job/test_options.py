"""The options of an adapter.

A fault here would be a study that runs with another limit than it says, as its number was a text.
"""

import pytest

from maestro_adapters.errors import OptionsError
from maestro_adapters.job.options import AdapterOptions


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slots": 0}, "slots is 0"),
        ({"timeout": 0}, "timeout is 0"),
        ({"slots": "many"}, "no number"),
        ({"timeout": []}, "no number"),
    ],
)
def test_options_that_cannot_be_used(options, message):
    with pytest.raises(OptionsError, match=message):
        AdapterOptions.from_mapping(options)


def test_options():
    options = AdapterOptions.from_mapping({"slots": "3", "timeout": None, "array": True})
    assert (options.slots, options.timeout, options.array, options.shell) == (
        3,
        60.0,
        True,
        "/bin/bash",
    )


def test_what_says_nothing_is_the_default():
    assert AdapterOptions.from_mapping({"shell": " ", "bank": False, "slots": None, "more": 1}) == (
        AdapterOptions()
    )
