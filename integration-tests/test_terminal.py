"""`maestro` on a real terminal (tmux): questions, pager, live views, and Ctrl-C at each point."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

import debian
from conftest import Maestro
from local_studies import PATIENT
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

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

pytestmark = pytest.mark.once

C_C = "C-c"


class Screen:
    """A terminal of its own, with a shell in it."""

    def __init__(self, folder: Path, columns: int, lines: int) -> None:
        self._number = 0
        self._socket = f"maestro-test-{uuid.uuid4().hex[:12]}"
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", str(columns), "-y", str(lines),
                   "-c", str(folder), "env", "-u", "COLUMNS", "-u", "LINES", "PS1=$ ", "sh")  # fmt: skip
        binaries = Path(sys.executable).parent
        self.type(f"export PATH={binaries}:$PATH LANG=C.UTF-8 PAGER=less; unset NO_COLOR; clear")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    def type(self, text: str, *, enter: bool = True) -> None:
        self._tmux("send-keys", "-l", text)
        if enter:
            self.press("Enter")

    def press(self, key: str) -> None:
        self._tmux("send-keys", key)

    def text(self) -> str:
        """What is on the screen; lines that the terminal broke are whole."""
        return self._tmux("capture-pane", "-p", "-J")

    def coloured(self) -> str:
        return self._tmux("capture-pane", "-p", "-J", "-e")

    def wait_for(self, pattern: str) -> None:
        try:
            wait_until(lambda: re.search(pattern, self.text(), re.MULTILINE))
        except AssertionError:
            raise AssertionError(f"no {pattern!r} on\n{self.text()}") from None

    def flag(self, name: str) -> str:
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def run(self, command: str) -> None:
        self._number += 1
        self._tmux("send-keys", "-R")  # what is on the screen is gone before the command is there
        self.type(f'{command}; echo "[{self._number}: $?]"')

    def wait_for_end(self, code: int) -> None:
        self.wait_for(rf"\[{self._number}: {code}\]")

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    """What the tests need of Debian."""
    debian.need("tmux", "tmux")
    debian.need("less", "less")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    made = Screen(tmp_path, 100, 30)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def study(tmp_path: Path, maestro: Maestro) -> Iterator[Path]:
    path = tmp_path / "study.yaml"
    path.write_text(PATIENT, encoding="utf-8")
    yield path
    (tmp_path / "go").touch()
    for graph in tmp_path.rglob(".maestro/graph.msgpack"):
        root = graph.parent.parent
        if holder(root):
            maestro("cancel", "-y", root)
            wait_until(lambda root=root: not holder(root))


def state(maestro: Maestro, root: Path) -> str:
    return str(json.loads(maestro("status", "--json", "--summary", root).stdout)["state"])


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
    screen.wait_for(r"holds a study already.*\[y/n\]")
    screen.press(C_C)
    screen.wait_for_end(130)
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"holds a study already.*\[y/n\]")
    screen.type("n")
    screen.wait_for_end(0)
    # Consent to the first question and none to the second: nothing was replaced so far.
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"holds a study already.*\[y/n\]")
    screen.type("y")
    screen.wait_for(r"launch the study\? \[y/n\]")
    screen.press(C_C)
    screen.wait_for_end(130)
    assert (tmp_path / "OUT/mine").exists()
    assert names(tmp_path) == {"study.yaml", "OUT"}
    screen.run("maestro run -o OUT study.yaml")
    screen.wait_for(r"\[y/n\]")
    screen.type("y")
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


# -- live views and the pager --


def test_watch_leaves_the_terminal_as_it_was(
    tmp_path: Path, screen: Screen, maestro: Maestro
) -> None:
    maestro("run", "-y", "-o", "OUT", "study.yaml")
    screen.run("stty -g > before; maestro status --watch --interval 0.1 OUT")
    screen.wait_for(r"wait +[━╸ ]+ +0/3 .*\d running")
    assert screen.flag("alternate_on") == "1"
    screen.press(C_C)
    screen.wait_for_end(0)
    assert screen.flag("alternate_on") == "0"
    assert screen.flag("cursor_flag") == "1"
    assert "RUNNING" in screen.text()
    screen.run("stty -g > after")
    screen.wait_for_end(0)
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text()


def test_watch_ends_with_the_study(tmp_path: Path, screen: Screen, maestro: Maestro) -> None:
    maestro("run", "-y", "-o", "OUT", "study.yaml")
    screen.run("maestro status --watch --interval 0.1 OUT")
    screen.wait_for("0/3")
    (tmp_path / "go").touch()
    screen.wait_for_end(0)
    assert re.search(r"FINISHED +100 %", screen.text())


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
    screen.wait_for(r"^:\s*$")
    assert "wait_N.0" in screen.text()
    screen.press("q")
    screen.wait_for_end(0)
    screen.run("maestro status --disable-pager LONG")
    screen.wait_for_end(0)
    assert "wait_N.59" in screen.text()
    screen.run("PAGER=no-such-pager maestro status LONG")
    screen.wait_for_end(0)
    assert "wait_N.59" in screen.text()


def test_every_line_fits_the_terminal(tmp_path: Path, maestro: Maestro) -> None:
    maestro("run", "-n", "-o", "OUT", "study.yaml")
    for columns in (60, 80, 100, 130):
        screen = Screen(tmp_path, columns, 70)
        try:
            screen.run("maestro status OUT")
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
