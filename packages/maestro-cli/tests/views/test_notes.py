"""What a person ought to know below a table.

A fault here would be a study that nobody runs, or that cannot go on, without a word about it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli.study.requests import request_part
from maestro_cli.study.selection import EVERYTHING
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, asked, attempt
from maestro_cli.ui.style import Paint
from maestro_cli.views.notes import lines
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]


def notes(root: Path) -> str:
    return "\n".join(lines(open_study(root), paint=Paint(on=False)))


def test_nothing_is_said_where_all_is_well(history: History) -> None:
    root = history(attempt(0, "FINISHED", 0))
    with hold(root):
        assert notes(root) == ""


def test_a_study_that_was_never_started(staged: Path) -> None:
    assert notes(staged).splitlines()[1] == "Start it with: maestro resume OUT"


def test_failures_are_pointed_to(failed: Path) -> None:
    assert notes(failed) == "What failed, and why: maestro status --failed OUT"


@pytest.mark.parametrize(
    ("past", "word"),
    [
        ([], "Its conductor died"),
        ([records.closed(T0, "SIGTERM")], "Its conductor was stopped"),
        ([records.closed(T0, "amended")], "It was amended, and has not been started since"),
    ],
)
def test_a_study_that_nobody_runs(history: History, past: list[records.Record], word: str) -> None:
    root = history(past)
    said = notes(root).splitlines()
    assert word in said[0]
    assert said[1] == "Go on with: maestro resume OUT"


def test_what_is_held_is_said_with_who_and_since_when(history: History) -> None:
    root = history(
        [
            records.held(T0 + 5000, [1, 2]),
            asked(T0 + 5000, "hold", "ann", "hold make", 2),
            asked(T0 + 6000, "hold", "eve", "hold nothing", 0, accepted=False),
        ]
    )
    said = notes(root).splitlines()[-2:]
    assert said == [
        "2 instances are held since 2026-11-22 10:00:05 by ann.",
        "Let go with: maestro release OUT",
    ]


def test_refused_requests_are_shown_for_a_day_the_newest_five(history: History) -> None:
    past = [
        asked(T0 + i, "skip", "ann", f"skip s{i}", 0, accepted=False, message="it \x1b runs")
        for i in range(8)
    ]
    root = history([*past, asked(T0 + 9, "hold", "ann", "hold", 0, message="nothing")])

    def told(now: int) -> list[str]:
        found = lines(open_study(root), paint=Paint(on=False), now=now)
        return [line for line in found if line.startswith("Refused")]

    assert len(told(T0 + 10)) == 5
    last = "Refused: skip s7 at 2026-11-22 10:00:00 by ann: it \\x1b runs"
    assert told(T0 + 10)[-1] == last
    assert told(T0 + 86_400_000 + 6) == [last]
    assert told(T0 + 86_400_000 + 7) == []


def test_requests_that_wait_are_counted(staged: Path) -> None:
    for number in (1, 2):
        request_part(staged, "hold", EVERYTHING)
        waits = "1 request waits" if number == 1 else "2 requests wait"
        assert notes(staged).splitlines()[-1] == f"{waits} until it goes on."
    with hold(staged):
        assert "until it goes on" not in notes(staged)


def test_a_study_that_was_moved_or_copied_says_from_where(failed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(failed, copy)
    assert notes(copy).splitlines()[0] == (
        f"It is a copy of {failed}: what runs there stays there, and it starts its own."
    )
    moved = failed.rename(tmp_path / "moved")
    assert notes(moved).splitlines()[0] == f"It was moved here from {failed}."


def test_a_study_without_its_settings_is_shown_all_the_same(failed: Path) -> None:
    (failed / ".maestro/run.msgpack").unlink()
    assert notes(failed) == "What failed, and why: maestro status --failed OUT"


def test_a_scheduler_in_trouble_is_named(history: History) -> None:
    root = history([])
    with hold(root) as held:
        held.note("sbatch: \x1b[1mdown", None, T0)
        said = notes(root)
    assert "takes no jobs since 2026-11-22 10:00:00: sbatch: \\x1b[1mdown" in said
