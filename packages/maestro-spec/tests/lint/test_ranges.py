"""A range whose values differ from those that its expansion gives."""

import pytest

from maestro_spec.lint.ranges import MOST_VALUES, RangeError, range_length, range_values
from maestro_spec.model.study import Range


def test_values_of_a_range_are_rounded_once():
    assert range_values(Range(0, 0.3, step=0.1)) == (0.0, 0.1, 0.2, 0.3)
    assert range_values(Range(0, 10, num=3)) == (0, 5, 10)
    assert range_values(Range(1, 2, num=3)) == (1.0, 1.5, 2.0)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Range(0, 1, step=0), "step of the range is 0"),
        (Range(0, 1, step=-1), "leads away from stop"),
        (Range(0, MOST_VALUES, step=1), "more than"),
    ],
)
def test_a_range_that_makes_no_sense_says_why(wanted, says):
    with pytest.raises(RangeError, match=says):
        range_length(wanted)


def test_vectors(vectors):
    rule = vectors("ranges")
    assert rule["ranges"]
    for case in rule["ranges"]:
        values = range_values(Range(**case["range"]))
        assert list(map(repr, values)) == list(map(repr, case["values"])), case
        assert range_length(Range(**case["range"])) == len(values)
    for wanted in rule["not_ranges"]:
        with pytest.raises(RangeError):
            range_values(Range(**wanted))
