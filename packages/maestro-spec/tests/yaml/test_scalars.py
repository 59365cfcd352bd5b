"""A scalar that a command gets as something else than upstream's reader gives it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from maestro_spec.yaml.scalars import resolve


@pytest.mark.parametrize("text", ["24:00:00", "10:00", "1:30.5", "-1:00"])
def test_numbers_in_base_sixty_stay_what_was_written(text):
    assert resolve(text) == ("sixty", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", True), ("No", False), ("010", 8), ("0x1F", 31), ("0b11", 3), ("1_000", 1000),
        ("1.50", 1.5), ("1e5", "1e5"), ("1.0e+5", 1e5), ("-.inf", float("-inf")), ("~", None),
        ("2-00:00:00", "2-00:00:00"), ("2026-01-05 7:00:00", "2026-01-05 07:00:00"), ("2026-13-45", "2026-13-45"),
        ("9" * 400, "9" * 400), ("n", "n"),
    ],
)  # fmt: skip
def test_other_scalars_are_what_yaml_1_1_takes_them_for(text, value):
    assert resolve(text)[1] == value


@given(st.text("0123456789.+-_:xobeE~fnaiyrstoTFN ", max_size=12))
def test_scalars_are_what_upstreams_reader_takes_them_for(text):
    kind, value = resolve(text)
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))
    try:
        theirs = yaml.SafeLoader("").construct_object(yaml.ScalarNode(tag, text))
    except ValueError:  # there is no such day
        return
    if kind in {"sixty", "time"}:
        assert not isinstance(theirs, str)
    elif kind not in {"merge", "value"}:
        assert repr(value) == repr(theirs)
