"""A run time that differs from that of `status.csv`."""

from __future__ import annotations

import pytest

from maestro_cli.study.instances import Instance


@pytest.mark.parametrize(
    ("state", "started", "ended", "seconds"),
    [
        ("RUNNING", 1000, None, 4.0),
        ("RUNNING", None, None, None),
        ("FINISHED", 1000, 3000, 2.0),
        ("FINISHING", 1000, None, None),
        ("UNKNOWN", 1000, None, None),
    ],
)
def test_run_time(
    state: str, started: int | None, ended: int | None, seconds: float | None
) -> None:
    instance = Instance(
        0, "a", "a", "a", state, "1", 1, "first", 500, started, ended, 0, 0, 0, None, None, ""
    )
    assert instance.run_time(5000) == seconds
    assert instance.elapsed(5000) == (4.5 if ended is None else 2.5)
