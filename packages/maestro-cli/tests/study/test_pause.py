"""Why a study stands still though its conductor is alive.

A fault here would be a full disk that nobody is told of, or a study that is said to stand still
while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import evolve

from maestro_cli.study.pause import Pause, find_pause
from maestro_cli.testing import T0
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import HEARTBEAT, hold

History = Callable[[Sequence[records.Record]], Path]


def test_what_the_conductor_says_comes_first(staged: Path) -> None:
    with hold(staged) as held:
        me = evolve(held.me, paused="the disk is full", paused_since=T0)
        assert find_pause(staged, me) == Pause("the disk is full", T0)


def test_one_that_is_silent_is_asked_about_at_the_disk(staged: Path, tmp_path: Path) -> None:
    with hold(staged) as held:
        beat = held.me.heartbeat / 1000
        gone = tmp_path / "gone"
        assert find_pause(gone, held.me, now=beat + HEARTBEAT) is None  # not silent yet
        late = beat + 3 * HEARTBEAT
        assert find_pause(gone, held.me, now=late) == Pause(
            f"{gone}: No such file or directory", None
        )
        assert find_pause(staged, held.me, now=late) is None  # there is room
