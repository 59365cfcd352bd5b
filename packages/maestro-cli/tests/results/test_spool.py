"""A row that comes back as another one."""

from __future__ import annotations

import math

from maestro_cli.results.spool import Spool


def test_rows_come_back_as_often_as_they_are_asked_for_and_are_filled_up():
    with Spool() as spool:
        spool.add(["a", 1, -(2**63), 1.5, True, None, "\0é"])
        spool.add([])
        spool.add([math.nan])
        for _ in range(2):
            first, second, third = spool.rows(8)
            assert first == ["a", 1, -(2**63), 1.5, True, None, "\0é", None]
            assert second == [None] * 8
            assert math.isnan(third[0])
        assert spool.count == 3
