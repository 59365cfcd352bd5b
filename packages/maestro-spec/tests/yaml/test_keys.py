"""A key of the study file for which a missing colon is not recognised."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from maestro_spec.schema import study_file
from maestro_spec.schema.types import ByNode, IfKey, ListOf, MapOf, Record
from maestro_spec.yaml.keys import KEYS, missing_colon


def _names(shape: object) -> Iterator[str]:
    if isinstance(shape, Record):
        for key in shape.keys:
            yield key.name
            yield from _names(key.shape)
        yield from _names(shape.others)
    elif isinstance(shape, ListOf):
        yield from _names(shape.item)
    elif isinstance(shape, MapOf):
        yield from _names(shape.value)
    elif isinstance(shape, ByNode):
        for each in (shape.scalar, shape.sequence, shape.mapping):
            yield from _names(each)
    elif isinstance(shape, IfKey):
        yield from _names(shape.then)
        yield from _names(shape.otherwise)


def test_the_keys_are_those_of_the_schema():
    assert frozenset(_names(study_file.STUDY)) == KEYS


@pytest.mark.parametrize(
    ("text", "write"),
    [
        ("cmd echo", "`cmd: echo`"),
        ("cmd:echo", "`cmd: echo`"),
        ("cmd", "`cmd: …`"),
        ("echo cmd", ""),
    ],
)
def test_a_missing_colon_is_recognised_behind_keys_alone(text, write):
    found = missing_colon(text)
    assert (write in found[1]) if write else found is None
