"""A value that a YAML reader gives back as another one."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from maestro_graph.files.yaml_text import flow

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(VALUES)
def test_any_value_as_yaml(value: Any) -> None:
    text = flow(value)
    assert "\n" not in text
    loaded = yaml.safe_load(text)
    assert loaded == value
    assert repr(loaded) == repr(value)


@pytest.mark.parametrize(
    "text",
    ["1e-05", "yes", "2020-01-01", "12:30:45", "~", "a: b", "\ufeff", "\x85\u2028", "\udc80"],
)
def test_texts_that_look_like_something_else(text: str) -> None:
    assert yaml.safe_load(flow([text])) == [text]


@pytest.mark.parametrize("number", [1e-05, 1e22, float("inf"), -float("inf"), 1.5e300, 5e-324])
def test_numbers_that_yaml_reads_oddly(number: float) -> None:
    assert yaml.safe_load(flow(number)) == number
