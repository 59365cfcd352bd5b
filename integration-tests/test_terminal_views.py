"""`maestro` on a real terminal: live views, the pager, colours.

Would catch a terminal that is left as it should not be, and a line that does not fit.
"""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import PATIENT
from terminal_screen import C_C, Screen, programs, screen, study

__all__ = ["programs", "screen", "study"]  # fixtures

pytestmark = pytest.mark.once


def test_watch_leaves_the_terminal_as_it_was(
    tmp_path: Path, screen: Screen, maestro: Maestro
) -> None:
    maestro("run", "-y", "-o", "OUT", "study.yaml")
    screen.run("stty -g > before; maestro status --watch --interval 0.1 OUT")
    screen.wait_for(r"running, job \d+")
    assert screen.flag("alternate_on") == "1"
    screen.press(C_C)
    screen.wait_for_end(0)
    assert screen.flag("alternate_on") == "0"
    assert screen.flag("cursor_flag") == "1"
    assert "patient  running  in OUT" in screen.text()
    assert "The study goes on without being watched. To stop: maestro cancel OUT" in screen.text()
    screen.run("stty -g > after")
    screen.wait_for_end(0)
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text()


def test_watch_ends_with_the_study(tmp_path: Path, screen: Screen, maestro: Maestro) -> None:
    maestro("run", "-y", "-o", "OUT", "study.yaml")
    screen.run("maestro status --watch --interval 0.1 OUT")
    screen.wait_for("0/3")
    (tmp_path / "go").touch()
    screen.wait_for_end(0)
    assert "patient  finished  in OUT" in screen.text()
    assert re.search(r"wait +█+ +3/3", screen.text())


def test_watch_is_for_terminals(maestro: Maestro) -> None:
    maestro("run", "-n", "-o", "OUT", "study.yaml")
    assert maestro("status", "--watch", "OUT").returncode == 64


def test_the_pager_is_for_what_does_not_fit(
    tmp_path: Path, screen: Screen, maestro: Maestro, study: Path
) -> None:
    maestro("run", "-n", "-o", "SHORT", "study.yaml")
    study.write_text(PATIENT.replace("[1, 2, 3]", str(list(range(60)))), encoding="utf-8")
    maestro("run", "-n", "-o", "LONG", "study.yaml")
    screen.run("maestro status SHORT")
    screen.wait_for_end(0)
    screen.run("maestro status LONG")
    screen.wait_for_end(0)
    assert "LONG" in screen.text().splitlines()[0]
    screen.run("maestro status --all LONG")
    screen.wait_for(r"^:\s*$")
    assert "wait_N.0" in screen.text()
    screen.press("q")
    screen.wait_for_end(0)
    screen.run("maestro status --all --disable-pager LONG")
    screen.wait_for_end(0)
    assert "wait_N.59" in screen.text()
    screen.run("PAGER=no-such-pager maestro status --layout flat LONG")
    screen.wait_for_end(0)
    assert "wait_N.59" in screen.text()


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_the_overview_fits_the_terminal(
    tmp_path: Path, maestro: Maestro, study: Path, columns: int
) -> None:
    study.write_text(PATIENT.replace("[1, 2, 3]", str(list(range(60)))), encoding="utf-8")
    maestro("run", "-n", "-o", "OUT", "study.yaml")
    screen = Screen(tmp_path, columns, 24)
    try:
        screen.run("maestro status OUT")
        screen.wait_for_end(0)
        lines = screen.text().splitlines()
    finally:
        screen.close()
    # A line that the terminal broke would be longer than it is wide here.
    assert max(map(len, lines)) <= columns
    assert lines[0].endswith("patient  never started  in OUT")
    assert sum("queued: may run" in line for line in lines) > 5


def test_every_table_fits_the_terminal(tmp_path: Path, maestro: Maestro) -> None:
    maestro("run", "-n", "-o", "OUT", "study.yaml")
    for columns in (60, 80, 100, 130):
        screen = Screen(tmp_path, columns, 70)
        try:
            screen.run("maestro status --layout flat OUT")
            screen.wait_for_end(0)
            lines = screen.text().splitlines()
        finally:
            screen.close()
        frames = [line for line in lines if line.startswith(("┏", "└"))]
        assert len(frames) == (0 if columns == 60 else 2)
        assert sum("QUEUED" in line for line in lines) == 3


def test_a_person_sees_colours(screen: Screen, maestro: Maestro) -> None:
    maestro("run", "-n", "-o", "OUT", "study.yaml")
    screen.run("maestro status --summary OUT | cat; maestro status --summary OUT")
    screen.wait_for_end(0)
    piped, _, shown = screen.coloured().partition("STAGED")[2].partition("STAGED")
    assert "\x1b[3" not in piped.splitlines()[0]
    assert "\x1b[" in shown.splitlines()[0]


def test_a_reader_that_leaves_early(screen: Screen, maestro: Maestro, study: Path) -> None:
    study.write_text(PATIENT.replace("[1, 2, 3]", str(list(range(3000)))), encoding="utf-8")
    maestro("run", "-n", "-o", "OUT", "study.yaml")
    screen.run("maestro status OUT | head -2")
    screen.wait_for_end(0)
    assert "BrokenPipe" not in screen.text()
    assert "Traceback" not in screen.text()


def test_a_watch_that_is_terminated_leaves_the_terminal_as_it_was(
    tmp_path: Path, screen: Screen, maestro: Maestro
) -> None:
    maestro("run", "-y", "-o", "OUT", "study.yaml")
    screen.run("sh -c 'echo $$ > pid; exec maestro status --watch OUT'")
    screen.wait_for("0/3")
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)
    screen.wait_for_end(143)
    assert screen.flag("alternate_on") == "0"
    assert screen.flag("cursor_flag") == "1"
