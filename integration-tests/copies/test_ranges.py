"""A range has one list of values: for maestro-spec, which looks at their names, and for maestro-graph.

A fault here would be instances that the lint has not counted, or a value that it has not seen.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_graph.errors import ParameterError
from maestro_graph.model.spec import Range as GraphRange
from maestro_graph.parameters.ranges import range_values as of_graph
from maestro_spec.lint.ranges import RangeError
from maestro_spec.lint.ranges import range_values as of_spec
from maestro_spec.model.study import Range as SpecRange

pytestmark = pytest.mark.once

_NUMBERS: Any = st.one_of(
    st.integers(-5, 20),
    st.integers(-50, 200).map(lambda number: number / 10),
    st.sampled_from([0.0, -0.0, 0.1, 0.3, 1.0, 1e-9, 5e-324, 1e22, 1.7976931348623157e308, 2**53 + 1, 2**63, 2**64]),
    st.sampled_from([float("nan"), float("inf"), -float("inf"), True, False]),
    st.floats(-100, 100, allow_nan=False),
)  # fmt: skip
_STEPS = st.none() | _NUMBERS | st.sampled_from([1, 2, 0.5, 0.25, 0.1, -1, -0.1, 1 / 3])
_SIZES = st.none() | st.integers(-1, 12) | st.sampled_from([10_000_001, 2**70])
RANGES = st.tuples(_NUMBERS, _NUMBERS, _STEPS, _SIZES)


def by_spec(*wanted: Any) -> list[str] | None:
    try:
        return list(map(repr, of_spec(SpecRange(*wanted))))
    except RangeError:
        return None


def by_graph(*wanted: Any) -> list[str] | None:
    names = ("start", "stop", "step", "num")
    try:
        return list(map(repr, of_graph("P", GraphRange(**dict(zip(names, wanted, strict=True))))))
    except ParameterError:
        return None


def agree(wanted: tuple[Any, Any, Any, Any]) -> None:
    start, stop, step, _ = wanted
    if step and abs(stop - start) > 1e5 * abs(step):  # its values would take long to compare
        wanted = (start, start + 3 * step, step, None)
    assert by_spec(*wanted) == by_graph(*wanted)


@example((0, 1, 0.1, None))
@example((0, 1, None, 1))
@example((0, 4, 1, 3))
@example((float("nan"), 1, 1, None))
@example((0, float("inf"), 1, None))
@example((0, 1, True, None))
@example((True, 3, None, 2))
@example((0, 1, None, None))
@example((2**64, 2**64 + 2, 1, None))
@given(RANGES)
@quick
def test_all_copies_agree(wanted: tuple[Any, Any, Any, Any]) -> None:
    agree(wanted)


@pytest.mark.slow
@given(RANGES)
@full
def test_all_copies_agree_on_many(wanted: tuple[Any, Any, Any, Any]) -> None:
    agree(wanted)
