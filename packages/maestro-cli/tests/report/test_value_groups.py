"""Instances by the values of their parameters."""

from __future__ import annotations

from maestro_cli.report.value_groups import by_value


def test_few_values_stay_values_and_of_their_type_as_written() -> None:
    rows = [{"N": 1, "S": "a"}, {"N": 2.5}, {"N": True}, {"N": 1, "S": "a"}]
    assert by_value(range(4), rows) == {
        ("N", "1"): [0, 3],
        ("N", "2.5"): [1],
        ("N", "True"): [2],
        ("S", "a"): [0, 3],
    }


def test_many_numbers_are_ranges_of_equally_many() -> None:
    rows = [{"X": float(n)} for n in reversed(range(80))]
    found = by_value(range(80), rows)
    assert [len(members) for members in found.values()] == [10] * 8
    assert next(iter(found)) == ("X", "0.0 … 9.0")
    assert found["X", "0.0 … 9.0"][0] == 79


def test_equal_numbers_are_in_one_range() -> None:
    rows = [{"X": 0 if n < 90 else n} for n in range(110)]
    found = by_value(range(110), rows)
    assert len(found["X", "0"]) == 90
    assert sum(map(len, found.values())) == 110


def test_many_texts_stay_texts() -> None:
    assert len(by_value(range(30), [{"S": f"v{n}"} for n in range(30)])) == 30
