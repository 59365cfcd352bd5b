"""What a pipe is told of a study that runs.

A fault here would be a line per instance, or a failure that nobody hears of before the end.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maestro_cli.launch.step_lines import StepLines
from maestro_cli.testing import T0
from maestro_conductor.runtime.progress import Progress, StepProgress

Tell = Callable[..., list[str]]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Report the counts of a step, at a second, and return what was printed."""
    clock = [T0]
    lines = StepLines(lambda: clock[0])

    def tell(
        second: int, *, blocked: int = 0, paused: str | None = None, **counts: int
    ) -> list[str]:
        clock[0] = T0 + 1000 * second
        step = StepProgress("make\x1b", sum(counts.values()), counts, blocked)
        lines(Progress(counts, step.total, (), paused, lambda: [step]))
        return capsys.readouterr().out.splitlines()

    return tell


def test_a_step_that_begins_fails_and_ends(tell: Tell) -> None:
    assert tell(0, QUEUED=1000) == []
    assert tell(1, QUEUED=999, RUNNING=1) == [
        "2026-11-22 10:00:01 UTC  make\\x1b: 1 running, 999 queued (of 1000)"
    ]
    assert tell(2, QUEUED=500, RUNNING=4, FINISHED=496) == []
    assert tell(3, QUEUED=499, RUNNING=4, FINISHED=496, FAILED=1) == [
        "2026-11-22 10:00:03 UTC  make\\x1b: 496 finished, 4 running, 499 queued, 1 failed (of 1000)"
    ]
    assert tell(4, QUEUED=498, RUNNING=4, FINISHED=496, FAILED=2) == []
    assert len(tell(40, QUEUED=497, RUNNING=4, FINISHED=496, FAILED=3)) == 1
    assert tell(41, FINISHED=900, FAILED=100, blocked=60) == [
        "2026-11-22 10:00:41 UTC  make\\x1b: 900 finished, 60 blocked, 40 failed (of 1000)"
    ]
    assert tell(99, FINISHED=900, FAILED=100, blocked=60) == []


def test_a_pause_is_told_once(tell: Tell) -> None:
    assert tell(0, QUEUED=1, paused="no room")[0].endswith("stands still: no room")
    assert tell(1, QUEUED=1, paused="no room") == []
    assert tell(2, QUEUED=1)[0].endswith("goes on")
