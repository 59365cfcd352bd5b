"""Texts that may say nothing. A fault here would be a queue with the name of a blank, or of `False`."""

import pytest

from maestro_adapters.errors import RequestError
from maestro_adapters.job.words import word


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (" a b ", "a b"), ("", None), (" ", None), (None, None), (False, None), (0, "0"), (1.5, "1.5")],
)  # fmt: skip
def test_blanks_and_false_say_nothing(value, text):
    assert word("queue", value) == text


@pytest.mark.parametrize("value", [True, [], ["a"], {}, ("a",)])
def test_what_is_no_text(value):
    with pytest.raises(RequestError, match=r"queue is .*: give a text"):
        word("queue", value)
