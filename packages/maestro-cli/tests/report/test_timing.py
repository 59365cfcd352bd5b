"""When nothing ran, and since when each could have.

A fault here would be idle time that is not seen.
"""

from __future__ import annotations

import pytest

from maestro_cli.report.timing import ready_times, usage


def test_idle_time_is_what_no_span_covers() -> None:
    found = usage([(0, 4000), (2000, 5000), (9000, 10_000), (5000, 6000)])
    assert found is not None
    assert (found.most, found.busy, found.work, found.idle) == (2, 7.0, 9.0, 3.0)
    assert (found.begin, found.end) == (0, 10_000)


def test_what_ends_when_another_begins_is_not_beside_it() -> None:
    found = usage([(0, 1000), (1000, 2000)])
    assert found is not None
    assert (found.most, found.idle) == (1, 0.0)
    assert usage([]) is None


@pytest.mark.parametrize(("ended", "ready"), [([5, 9, 30], [1, 1, 9]), ([5, -1, -1], [1, 1, None])])
def test_ready_is_when_the_last_of_a_group_has_ended(
    ended: list[int], ready: list[int | None]
) -> None:
    found = ready_times([(0, 2), (2, 1)], lambda _: [], lambda n: [0] if n == 2 else [], ended, 1)
    assert found == ready


def test_ready_is_when_what_it_needs_has_ended() -> None:
    needs = {1: [0]}
    assert ready_times([(0, 1), (1, 1)], lambda n: needs.get(n, []), lambda _: [], [7, 9], 3) == [
        3,
        7,
    ]
