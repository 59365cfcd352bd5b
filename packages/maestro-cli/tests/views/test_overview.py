"""What a terminal shows of a study, in twelve of its states, at four widths.

A fault here would be a line that the terminal folds, a failure or a job that runs which is not in
sight, or a number that is counted in another way elsewhere. ``MAESTRO_GOLDEN=write pytest`` writes
the pictures anew; look at the difference before you keep it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from maestro_cli import app
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt, write_history
from maestro_cli.ui.style import Paint
from maestro_cli.views.overview import Screen, lines
from maestro_cli.views.table import cells
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import Hold, hold

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (60, 80, 120, 200)
NOW = T0 + 252_000
PLAIN = Paint(on=False)

#: Four instances of `mesh…` (0 to 3), as many of `simulate` (4 to 7), and `collect` (8).
STUDY = """\
description: {name: heat flow in 鋼 plates, description: d}
study:
  - name: mesh_of_a_plate_with_many_holes
    description: makes
    run: {cmd: "true $(N) $(MATERIAL)"}
  - name: simulate
    description: after it
    run: {cmd: "true", depends: [mesh_of_a_plate_with_many_holes]}
  - name: collect
    description: all of it
    run: {cmd: "true", depends: [simulate_*]}
global.parameters:
  N: {values: [1, 2, 3, 4], label: N.%%}
  MATERIAL: {values: [ferritic_steel_as_delivered, 鋼, "x;y:z", "\\e[2J"], label: MATERIAL.%%}
"""

RUNNING = [
    *attempt(0, "FINISHED", 0),
    *attempt(1, "RUNNING", None)[:2],
    records.intent(T0 + 2000, [records.IntentRow(2, 1, "m0.2.1", "first", "main")]),
    records.submitted(T0 + 2500, [records.SubmittedRow(2, 1, "1002", "PENDING")]),
]
FAILURES = [
    *RUNNING[3:],
    *attempt(0, "FAILED", 7, "exit code 7"),
    *attempt(3, "TIMEDOUT", None),
    records.state(
        T0 + 91_000,
        [
            [index, 0, "FAILED", T0 + 91_000, None, "after mesh_of_a_plate_with_many_holes failed"]
            for index in (4, 7, 8)
        ],
    ),
]
ALL = [row for index in range(9) for row in attempt(index, "FINISHED", 0)]


def ended(state: str, code: int) -> list[records.Record]:
    return [records.ended(T0 + 200_000, state, code), records.closed(T0 + 200_000, "ended")]


def still(held: Hold) -> None:
    held.note(None, "/scratch/somebody/journal.msgpack: No space left on device", T0)


def troubled(held: Hold) -> None:
    held.note("sbatch: error: Unable to contact slurm controller (connect failure)", None, T0)


#: Name → the past, and what a live conductor has to say; None: there is none.
STATES: dict[str, tuple[list[records.Record] | None, Callable[[Hold], None] | None]] = {
    "staged": (None, None),
    "begun": ([], lambda _: None),
    "running": (RUNNING, lambda _: None),
    "running-with-failures": (FAILURES, lambda _: None),
    "standing-still": (RUNNING, still),
    "troubled": (RUNNING, troubled),
    "held": (
        [*RUNNING, records.held(T0, [3, 4, 5, 6, 7, 8]), records.skipped(T0, [0])],
        lambda _: None,
    ),
    "finished": ([*ALL, *ended("FINISHED", 0)], None),
    "failed": (
        [
            *FAILURES[1:],
            *attempt(1, "HWFAILURE", None, "node n3 failed"),
            *attempt(2, "FINISHED", 0),
            *attempt(6, "FINISHED", 0),
            *ended("FAILED", 2),
        ],
        None,
    ),
    "cancelled": (
        [
            *RUNNING[:3],
            records.state(
                T0 + 95_000,
                [[i, 0, "CANCELLED", T0 + 95_000, None, None] for i in range(1, 9)],
            ),
            *ended("CANCELLED", 3),
        ],
        None,
    ),
    "stopped": ([*RUNNING, records.closed(T0 + 100_000, "SIGTERM")], None),
    "dead": (RUNNING, None),
}


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    (tmp_path / "plates.yaml").write_text(STUDY, encoding="utf-8")
    assert app.main(["--no-logstdout", "run", "-n", "-o", "PLATES", "plates.yaml"]) == 0
    return tmp_path / "PLATES"


def picture(root: Path, screen: Screen, which: set[int] | None = None) -> list[str]:
    study = evolve(open_study(root), created=T0)
    study.mark_queued()
    return list(lines(study, screen, now=NOW, which=which))


@pytest.mark.parametrize("name", STATES)
def test_a_state_at_four_widths(plates: Path, name: str) -> None:
    past, conductor = STATES[name]
    if past is not None:
        write_history(plates, past)
    shown = []
    with contextlib.ExitStack() as stack:
        if conductor is not None:
            conductor(stack.enter_context(hold(plates)))
        for width in WIDTHS:
            found = picture(plates, Screen(width, 24, PLAIN))
            assert {line: cells(line) for line in found if cells(line) > width} == {}
            assert len(found) < 24
            shown += [f"{width:─<{width}}", *found]
    text = "\n".join(shown) + "\n"
    path = GOLDEN / f"overview-{name}.txt"
    if os.environ.get("MAESTRO_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [20, 33, 60, 80])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_wider_than_the_terminal(plates: Path, width: int, unicode: bool) -> None:
    write_history(plates, FAILURES)
    found = picture(plates, Screen(width, None, PLAIN, unicode))
    assert max(map(cells, found)) <= width
    assert "\x1b" not in "".join(found)


def test_failures_and_jobs_that_run_come_first(plates: Path) -> None:
    write_history(plates, FAILURES)
    found = picture(plates, Screen(80, 12, PLAIN))
    at = next(index for index, line in enumerate(found) if line.startswith("instance"))
    assert "failed: exit code 7" in found[at + 1]
    assert "failed: time-out" in found[at + 2]
    assert "running, job 1001" in found[at + 3]
    assert "and 5 more: maestro status --all PLATES" in found[at + 5]


def test_without_a_limit_all_instances_are_shown(plates: Path) -> None:
    found = picture(plates, Screen(80, None, PLAIN))
    assert len([line for line in found if "queued: may run" in line]) == 4
    assert len([line for line in found if "waiting for other steps" in line]) == 5
    assert "--all" not in "".join(found)


def test_only_what_was_asked_for_is_counted(plates: Path) -> None:
    write_history(plates, FAILURES)
    found = picture(plates, Screen(80, None, PLAIN), {0, 3})
    rows = [line for line in found if line.startswith("mesh_of")]
    assert rows[0].split()[2:] == ["0/2", "2"]
    assert len(rows) == 3
    assert "simulate" not in "".join(found)
