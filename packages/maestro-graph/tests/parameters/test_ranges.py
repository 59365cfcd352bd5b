"""A range that misses its end, counts in floats' errors, or runs for ever."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_graph import ParameterError
from maestro_graph.model.spec import Range
from maestro_graph.parameters.ranges import range_values


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Range(start=1, stop=4, step=1), (1, 2, 3, 4)),
        (Range(start=1, stop=4, step=2), (1, 3)),
        (Range(start=4, stop=1, step=-1), (4, 3, 2, 1)),
        (Range(start=0, stop=0.3, step=0.1), (0.0, 0.1, 0.2, 0.3)),
        (Range(start=0, stop=1, step=0.5), (0.0, 0.5, 1.0)),
        (Range(start=0, stop=10, num=3), (0, 5, 10)),
        (Range(start=0, stop=1, num=3), (0.0, 0.5, 1.0)),
        (Range(start=1e-3, stop=1e-1, num=1), (1e-3,)),
    ],
)
def test_ranges(wanted: Range, expected: tuple[Any, ...]) -> None:
    values = range_values("P", wanted)
    assert values == expected
    assert [type(value) for value in values] == [type(value) for value in expected]


@given(
    start=st.decimals(-1000, 1000, places=3),
    step=st.decimals("0.001", 10, places=3),
    count=st.integers(1, 200),
)
def test_a_range_meets_its_end(start: Any, step: Any, count: int) -> None:
    stop = start + step * (count - 1)
    values = range_values("P", Range(start=float(start), stop=float(stop), step=float(step)))
    assert len(values) == count
    assert values[-1] == float(stop)
    evenly = range_values("P", Range(start=float(start), stop=float(stop), num=count))
    assert len(evenly) == count
    assert evenly[0] == float(start)


@pytest.mark.parametrize(
    "wanted",
    [
        Range(start=1, stop=0, step=1),
        Range(start=0, stop=1, step=0),
        Range(start=0, stop=1, num=0),
        Range(start=0, stop=1, step=1e-12),
        Range(start=0, stop=float("inf"), step=1),
    ],
)
def test_empty_and_endless_ranges(wanted: Range) -> None:
    with pytest.raises(ParameterError, match="the range of P"):
        range_values("P", wanted)


def test_vectors(vectors: Path) -> None:
    rule = json.loads((vectors / "ranges.json").read_text())
    assert rule["ranges"]
    for case in rule["ranges"]:
        values = range_values("P", Range(**case["range"]))
        assert list(map(repr, values)) == list(map(repr, case["values"])), case
    for wanted in rule["not_ranges"]:
        with pytest.raises(ParameterError, match="the range of P"):
            range_values("P", Range(**wanted))
