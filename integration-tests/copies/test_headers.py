"""A header is refused by all readers or by none: maestro-graph, maestro-conductor.

A fault here would be a study that `maestro run` makes and its conductor refuses, or one of a later version that is
run by rules it does not have.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_conductor.errors import FormatError as ConductorRefusal
from maestro_conductor.workspace.headers import check_header as of_conductor
from maestro_graph.errors import FormatError as GraphRefusal
from maestro_graph.files.header import check_header as of_graph

pytestmark = pytest.mark.once

FEATURES = frozenset({"failure", "array"})

_ODD: Any = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([0.0, 1.0, 1.5, float("nan"), "", "1", "1.1", b"1", 2**64 - 1]),
)
_NUMBERS = st.lists(st.sampled_from([0, 1, 1, 1, 2]) | _ODD, max_size=4)
_NAMES = st.lists(
    st.sampled_from(["failure", "array", "retries", "Failure", " failure"]) | _ODD, max_size=3
)
_VALUES = (
    _ODD | st.lists(_ODD, max_size=2) | st.dictionaries(st.sampled_from("ab"), _ODD, max_size=2)
)
HEADERS = st.one_of(
    st.fixed_dictionaries(
        {"format": st.sampled_from(["maestro-graph"] * 5 + ["maestro-run", "", "maestro-graph "]) | _VALUES},
        optional={
            "version": st.sampled_from([[1, 0], [1, 1], [1, 9]]) | _NUMBERS | _VALUES,
            "requires": _NAMES | _VALUES | st.lists(_NAMES, max_size=1),
            "writer": _VALUES,
        },
    ),
    _VALUES,
)  # fmt: skip


def by_graph(header: object) -> bool:
    try:
        of_graph(header, "maestro-graph", "graph.msgpack", FEATURES)
    except GraphRefusal:
        return False
    return True


def by_conductor(header: object) -> bool:
    try:
        of_conductor(header, "maestro-graph", "graph.msgpack", FEATURES)
    except ConductorRefusal:
        return False
    return True


@example({"format": "maestro-graph"})
@example({"format": "maestro-graph", "version": [True, 1]})
@example({"format": "maestro-graph", "version": [1.0, 1]})
@example({"format": "maestro-graph", "version": [1, 1], "requires": [["failure"]]})
@example({"format": "maestro-graph", "version": [1, 1], "requires": ""})
@given(HEADERS)
@quick
def test_all_copies_agree(header: object) -> None:
    assert by_graph(header) == by_conductor(header)


@pytest.mark.slow
@given(HEADERS)
@full
def test_all_copies_agree_on_many(header: object) -> None:
    assert by_graph(header) == by_conductor(header)
