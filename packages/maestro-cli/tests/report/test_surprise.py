"""Which values go with failures, and how surprising that is.

A fault here would be a value that is accused though chance alone does as much.
"""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from maestro_cli.report.surprise import find, tail


@pytest.mark.parametrize(
    ("hits", "drawn", "bad", "total"), [(2, 2, 2, 4), (1, 3, 2, 7), (0, 3, 2, 7), (3, 4, 4, 8)]
)
def test_the_chance_is_that_of_counting_all_ways(
    hits: int, drawn: int, bad: int, total: int
) -> None:
    ways = list(combinations(range(total), drawn))
    many = sum(sum(each < bad for each in way) >= hits for way in ways)
    assert tail(hits, drawn, bad, total) == pytest.approx(many / len(ways))


def test_large_numbers_are_no_trouble() -> None:
    assert 0 <= tail(900, 1000, 5000, 100_000) < 1e-300
    assert tail(0, 1000, 5000, 100_000) == pytest.approx(1)
    assert math.isfinite(tail(50, 1000, 5000, 100_000))


def test_the_value_that_all_failures_have_comes_first() -> None:
    parameters = [{"T": n % 4, "P": n % 3} for n in range(24)]
    failed = [row["T"] == 3 for row in parameters]
    found, looked_at = find([("s", range(24))], failed, parameters)
    assert looked_at == 7
    first = found[0]
    assert (first.step, first.parameter, first.value) == ("s", "T", "3")
    assert (first.failed, first.ended) == (6, 6)
    assert first.chance == pytest.approx(1 / math.comb(24, 6))
    assert all(each.parameter == "P" for each in found[1:])


def test_a_step_that_failed_whole_accuses_nobody() -> None:
    parameters = [{"T": n} for n in range(4)]
    assert find([("s", range(4))], [True] * 4, parameters) == ([], 0)
    assert find([("s", range(4))], [False] * 4, parameters) == ([], 0)
    assert find([("s", range(4))], [True, False] * 2, [{"T": 1}] * 4) == ([], 0)
