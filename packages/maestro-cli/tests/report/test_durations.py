"""How long steps took, by parameter."""

from __future__ import annotations

from maestro_cli.report.durations import Taken, taken


def test_a_step_as_a_whole_and_then_by_value() -> None:
    parameters = [{"N": 1, "ONE": 0}, {"N": 1, "ONE": 0}, {"N": 2, "ONE": 0}, {"N": 2, "ONE": 0}]
    found = taken([("s", [0, 1, 2, 3]), ("never", [])], [1.0, 3.0, 10.0, None], parameters)
    assert found == [
        Taken("s", "", "", 3, 1.0, 3.0, 10.0, 14.0),
        Taken("s", "N", "1", 2, 1.0, 2.0, 3.0, 4.0),
        Taken("s", "N", "2", 1, 10.0, 10.0, 10.0, 10.0),
    ]
