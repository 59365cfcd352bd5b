"""`maestro` on a real terminal (tmux): questions, progress, and Ctrl-C at each point.

Would catch a question that cannot be answered, and a Ctrl-C that leaves half of something.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from conftest import Maestro
from terminal_screen import C_C, Screen, programs, screen, state, study
from waiting import wait_until

__all__ = ["programs", "screen", "study"]  # fixtures

pytestmark = pytest.mark.once

SLOW_PGEN = """\
import os, signal
from maestro_graph import ParameterGenerator

def get_custom_generator(env, **kwargs):
    with open(os.path.join(kwargs["OUTPUT_PATH"], "half"), "w") as half:
        half.write("x")
    print("generating", flush=True)
    signal.pause()
    return ParameterGenerator()
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"home"}


# -- the questions of `run` --


def test_the_question_before_launch(tmp_path: Path, screen: Screen, maestro: Maestro) -> None:
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"Would you like to launch the study\? \[y/n\]")
    shown = screen.text()
    assert re.search(r"Steps +1 steps?, 3 instances", shown)
    assert re.search(r"Scheduler +local", shown)
    assert re.search(rf"Folder +{re.escape(str(tmp_path))}", shown)
    assert names(tmp_path / "OUT") == set()
    screen.type("y")
    screen.wait_for("Study launched successfully")
    screen.wait_for_end(0)
    assert state(maestro, tmp_path / "OUT") == "RUNNING"


def test_declining_keeps_the_study(tmp_path: Path, screen: Screen, maestro: Maestro) -> None:
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"\[y/n\]")
    screen.type("n")
    screen.wait_for_end(0)
    assert "maestro resume" in screen.text()
    assert state(maestro, tmp_path / "OUT") == "STAGED"


def test_ctrl_c_at_the_question_before_launch(tmp_path: Path, screen: Screen) -> None:
    screen.run("maestro run -o new/OUT study.yaml")
    screen.wait_for(r"\[y/n\]")
    screen.press(C_C)
    screen.wait_for_end(130)
    assert names(tmp_path) == {"study.yaml"}
    assert "Traceback" not in screen.text()


def test_the_question_before_a_study_is_replaced(
    tmp_path: Path, screen: Screen, maestro: Maestro
) -> None:
    maestro("run", "-n", "-o", "OUT", "study.yaml")
    (tmp_path / "OUT/mine").touch()
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"\[amend/replace/leave\]")
    screen.press(C_C)
    screen.wait_for_end(130)
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"\[amend/replace/leave\]")
    screen.type("n")
    screen.wait_for_end(0)
    # Consent to the first question and none to the second: nothing was replaced so far.
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"\[amend/replace/leave\]")
    screen.type("replace")
    screen.wait_for(r"launch the study\? \[y/n\]")
    screen.press(C_C)
    screen.wait_for_end(130)
    assert (tmp_path / "OUT/mine").exists()
    assert names(tmp_path) == {"study.yaml", "OUT"}
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"\[amend/replace/leave\]")
    screen.type("replace")
    screen.wait_for(r"launch the study\? \[y/n\]")
    screen.type("y")
    screen.wait_for_end(0)
    assert not (tmp_path / "OUT/mine").exists()
    assert state(maestro, tmp_path / "OUT") == "RUNNING"


@pytest.mark.parametrize("existing", [False, True])
def test_ctrl_c_while_the_pgen_file_runs(
    tmp_path: Path, screen: Screen, maestro: Maestro, existing: bool
) -> None:
    (tmp_path / "gen.py").write_text(SLOW_PGEN, encoding="utf-8")
    expected = {"study.yaml", "gen.py"}
    if existing:
        maestro("run", "-n", "-o", "OUT", "study.yaml")
        (tmp_path / "OUT/mine").touch()
        expected.add("OUT")
    screen.run("maestro run -y -p gen.py -o OUT study.yaml")
    screen.wait_for("^generating")
    screen.press(C_C)
    screen.wait_for_end(130)
    assert names(tmp_path) == expected
    if existing:
        assert (tmp_path / "OUT/mine").exists()
        assert not (tmp_path / "OUT/half").exists()


LATE = """\
import signal, sys
if "--ready-fd" in sys.orig_argv:
    signal.pause()
"""


def test_ctrl_c_while_the_conductor_starts(
    tmp_path: Path, screen: Screen, maestro: Maestro
) -> None:
    (tmp_path / "late").mkdir()
    (tmp_path / "late/sitecustomize.py").write_text(LATE, encoding="utf-8")
    screen.run("PYTHONPATH=late maestro run -y -o OUT study.yaml")
    wait_until(lambda: (tmp_path / "OUT/.maestro").exists())
    wait_until(lambda: child_of_ours(tmp_path / "OUT"))
    screen.press(C_C)
    screen.wait_for_end(130)
    assert "maestro resume" in screen.text()
    assert not child_of_ours(tmp_path / "OUT")
    assert state(maestro, tmp_path / "OUT") == "STAGED"


def child_of_ours(root: Path) -> bool:
    """Whether a conductor was started for the study."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--ready-fd" in words and os.fsencode(root) in words:
            return True
    return False


def test_ctrl_c_in_the_foreground_can_be_resumed(
    tmp_path: Path, screen: Screen, maestro: Maestro
) -> None:
    screen.run("maestro run -fg -y -o OUT study.yaml")
    screen.wait_for(r"0/3.*running")
    screen.press(C_C)
    screen.wait_for_end(130)
    shown = screen.text()
    assert "maestro resume" in shown
    assert "Traceback" not in shown
    assert state(maestro, tmp_path / "OUT") == "STOPPED"
    (tmp_path / "go").touch()
    screen.run("maestro resume -fg OUT")
    screen.wait_for_end(0)
    screen.wait_for("Finished: 3 steps")


def test_the_progress_bar(tmp_path: Path, screen: Screen) -> None:
    screen.run("maestro run -fg -y -o OUT study.yaml")
    screen.wait_for(r"steps .*0/3 \d running")
    (tmp_path / "go").touch()
    screen.wait_for("Finished: 3 steps")
    assert "3/3" in screen.text()


# -- cancel and update --


def test_cancel_asks(tmp_path: Path, screen: Screen, maestro: Maestro) -> None:
    maestro("run", "-y", "-o", "OUT", "study.yaml")
    for answer in ("n", C_C):
        screen.run("maestro cancel OUT")
        screen.wait_for(r"Cancel this study\? \[y/n\]")
        screen.press(answer)
        if answer == "n":
            screen.press("Enter")
        screen.wait_for_end(0 if answer == "n" else 130)
        assert state(maestro, tmp_path / "OUT") == "RUNNING"
    screen.run("maestro cancel OUT")
    screen.wait_for(r"\[y/n\]")
    screen.type("y")
    screen.wait_for("3 steps of 3")
    wait_until(lambda: state(maestro, tmp_path / "OUT") == "CANCELLED")


def test_update_asks_as_in_the_reference(tmp_path: Path, screen: Screen, maestro: Maestro) -> None:
    maestro("run", "-y", "-o", "A", "study.yaml")
    maestro("run", "-y", "-o", "B", "study.yaml")
    root = tmp_path / "A"

    def settings() -> dict[str, object]:
        found = json.loads(maestro("status", "--json", "--summary", root).stdout)["settings"]
        return dict(found)

    before = settings()
    screen.run("maestro update A")
    screen.wait_for(r"Updating study at '.*A'")
    screen.wait_for(r"\[rlimit/throttle/sleep/done/quit\]")
    screen.type("rlimit")
    screen.wait_for(r"Enter new restart limit \[Integer, 0 = unlimited\]")
    screen.type("many")
    screen.wait_for("not a number")
    screen.type("4")
    screen.wait_for(r"(?s)unlimited\] 4.*done/quit\]")
    screen.type("quit")
    screen.wait_for("Discarding updates to '.*A'")
    screen.wait_for_end(0)
    assert settings() == before
    screen.run("maestro update A")
    screen.wait_for(r"done/quit\]")
    screen.press(C_C)
    screen.wait_for_end(130)
    assert settings() == before
    screen.run("maestro update A B")
    for value in ("4", "5"):
        screen.wait_for(r"done/quit\] $")
        screen.type("sleep")
        screen.wait_for(r"\[Integer, seconds\] $")
        screen.type(value)
        screen.wait_for(rf"seconds\] {value}\n(.*\n)*.*done/quit\] $")
        screen.type("done")
        screen.wait_for(rf"In force: sleep {value}")
    screen.wait_for_end(0)
    assert settings() == {**before, "sleep": 4}


def test_update_asks_just_for_those_that_got_no_value(
    tmp_path: Path, screen: Screen, maestro: Maestro
) -> None:
    for name in "AB":
        maestro("run", "-y", "-o", name, "study.yaml")
    screen.run("maestro update --rlimit 4 --rlimit - A B")
    screen.wait_for(r"In force: rlimit 4\nUpdating study at '.*/B'(\n.*)*done/quit\]")
    screen.type("throttle")
    screen.wait_for(r"Enter new throttle \[Integer, 0 = no throttling\]")
    screen.type("2")
    screen.wait_for(r"throttling\] 2(\n.*)*done/quit\]")
    screen.type("done")
    screen.wait_for_end(0)
    found = [
        json.loads(line)["settings"]
        for line in maestro("status", "--json", "--summary", "A", "B").stdout.splitlines()
    ]
    assert [(each["rlimit"], each["throttle"]) for each in found] == [(4, 0), (1, 2)]
