"""When a study ends.

A fault here would be a time that nobody can plan with.
"""

from __future__ import annotations

import pytest

from maestro_cli.study.estimate import Estimate, Work, estimate, idle_time


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([], None),
        ([Work([10.0], [], 5)], None),  # nothing runs: nobody knows when something does
        ([Work([], [3.0], 5)], None),
        ([Work([10.0, 20.0], [5.0, 5.0], 4)], Estimate(40.0, 2)),
        # A step of which nothing has finished takes as long as the others.
        ([Work([10.0], [10.0], 0), Work([], [], 3)], Estimate(30.0, 1)),
        ([Work([10.0], [2.0], 0), Work([1.0], [1.0, 1.0], 0)], Estimate(8.0 - 1.0 + 1.0, 2)),
        ([Work([10.0], [99.0], 0)], Estimate(0.0, 1)),
    ],
)
def test_what_is_left(steps: list[Work], told: Estimate | None) -> None:
    assert estimate(steps) == told


@pytest.mark.parametrize(
    ("spans", "told"),
    [
        ([], (0, 0)),
        ([(0, 10)], (10, 0)),
        ([(5, 10), (0, 7), (20, 30), (22, 25)], (20, 10)),
        ([(0, 10), (10, 12)], (12, 0)),
        ([(3, 1)], (0, 0)),
    ],
)
def test_work_is_told_from_idle_time(spans: list[tuple[int, int]], told: tuple[int, int]) -> None:
    assert idle_time(spans) == told
