"""A workspace that cannot be written for a while: read-only mounts, permissions, immutable files.

The study pauses with a clear event, goes on when it can, and nothing is lost or doubled.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import debian
from faults.crash_tools import COUNT, conductor, ends, run_to_the_end, runs
from faults.trial import UNPRIVILEGED
from maestro_conductor.testing import StepPlan, make_workspace
from waiting import wait_until

pytestmark = pytest.mark.once


@contextlib.contextmanager
def read_only(root: Path) -> Iterator[None]:
    """A file system that was mounted anew, read-only, over the place of the old one."""
    subprocess.run(["mount", "--bind", root, root], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", root], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", root], check=True)


@contextlib.contextmanager
def mode_of(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


def make_study(root: Path) -> Path:
    return make_workspace(
        root,
        [
            StepPlan("a", [COUNT + "sleep 0.1"] * 20),
            StepPlan("bad", [COUNT + "exit 5"], funnels=["a"]),
            StepPlan("b", [COUNT], funnels=["a"]),
        ],
        batch={"local_slots": 2},
    )


def check_study(root: Path) -> None:
    assert {name for name, end in ends(root).items() if end != "FINISHED"} == {"bad"}
    assert set(runs(root).values()) == {1}
    log = [json.loads(line) for line in (root / "logs/study.log").read_text().splitlines()]
    told = [line["event"] for line in log]
    assert told.count("paused") == told.count("unpaused") >= 1
    assert all("cannot write" in line["reason"] for line in log if line["event"] == "paused")


def pause(root: Path, close: Callable[[], contextlib.AbstractContextManager[None]]) -> None:
    """Close the place under a conductor that is at work, until it has said so."""
    command = [*UNPRIVILEGED, *conductor(root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        wait_until((root / "a/N.3/count").exists)
        with close():
            assert "the study pauses: cannot write" in process.stderr.readline()
            ready = {path.parent.name for path in root.glob("a/*/*.sh")}
            wait_until(lambda: _quiet(root))
            assert {path.parent.name for path in root.glob("a/*/count")} <= ready
            assert process.poll() is None
        assert "the study goes on" in process.stderr.readline()
        assert process.wait(60) == 2
    check_study(root)


def _quiet(root: Path) -> bool:
    """Whether the steps that ran have ended."""
    return all("end" in path.read_text() for path in root.glob("a/*/.attempt.1"))


def test_a_read_only_mount(tmp_path):
    root = make_study(tmp_path / "w")
    pause(root, lambda: read_only(root))


def test_a_folder_without_permission(tmp_path):
    debian.need("setpriv", "util-linux")
    root = make_study(tmp_path / "w")
    pause(root, lambda: mode_of(root / "a", 0o500))


def test_a_workspace_that_is_closed_altogether(tmp_path):
    root = make_study(tmp_path / "w")
    command = [*UNPRIVILEGED, *conductor(root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        wait_until((root / "a/N.3/count").exists)
        with mode_of(root, 0o000):
            assert "the study pauses: cannot write" in process.stderr.readline()
        assert "the study goes on" in process.stderr.readline()
        assert process.wait(60) == 2
    check_study(root)


@pytest.mark.parametrize("name", [".maestro", "logs", "status.csv"])
def test_what_only_informs_stops_nothing(tmp_path, name):
    """Heartbeats, claims of requests, the log, the table: the study goes on without them."""
    root = make_study(tmp_path / "w")
    (root / "logs").mkdir()
    with contextlib.ExitStack() as stack:
        if name == "status.csv":
            (root / name).mkdir()  # nothing can be renamed to this
        command = [*UNPRIVILEGED, *conductor(root)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            wait_until((root / "a/N.3/count").exists)
            if name != "status.csv":
                stack.enter_context(mode_of(root / name, 0o500))
            assert process.wait(60) == 2
            assert process.stderr
            assert not process.stderr.read()
    assert {name for name, end in ends(root).items() if end != "FINISHED"} == {"bad"}
    assert set(runs(root).values()) == {1}


@pytest.mark.parametrize("name", [".maestro", ".maestro/journal.msgpack", ".maestro/graph.msgpack"])
def test_what_cannot_be_opened_is_named(tmp_path, name):
    root = make_study(tmp_path / "w")
    with subprocess.Popen(conductor(root)) as process:
        wait_until((root / "a/N.1/count").exists)
        process.kill()
    with mode_of(root / name, 0o000):
        done = subprocess.run(
            [*UNPRIVILEGED, *conductor(root)], check=False, capture_output=True, text=True
        )
    assert done.returncode == 1
    assert done.stderr.startswith("conductor: ")
    assert f"{root}/{name}" in done.stderr
    assert "Permission denied" in done.stderr
    assert "Traceback" not in done.stderr
    assert run_to_the_end(root) == 2
    assert set(runs(root).values()) == {1}


@pytest.mark.parametrize(
    "words", [["status"], ["why", "a"], ["resume"], ["update", "--sleep", "1"]]
)
def test_a_study_that_one_may_not_read_is_named(tmp_path, words):
    root = make_study(tmp_path / "w")
    graph = root / ".maestro/graph.msgpack"
    command = [*UNPRIVILEGED, sys.executable, "-m", "maestro_cli", words[0], root, *words[1:]]
    with mode_of(graph, 0o000):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"maestro: you may not read {graph}\n  ")
    assert "--group-access" in done.stderr


def test_an_attempt_file_that_cannot_be_read_is_waited_for(tmp_path):
    command = COUNT + "while [ ! -e go ]; do sleep 0.02; done; exit 5"
    root = make_workspace(tmp_path / "w", [StepPlan("a", [command])])
    with subprocess.Popen(conductor(root)) as process:
        wait_until((root / "a/count").exists)
        process.kill()
    (root / "a/go").touch()
    wait_until(lambda: "end code=5" in (root / "a/.attempt.1").read_text())
    command = [*UNPRIVILEGED, *conductor(root)]
    with mode_of(root / "a/.attempt.1", 0o000):
        process = subprocess.Popen(command)
        wait_until(lambda: '"step_unknown"' in (root / "logs/study.log").read_text())
        assert process.poll() is None
    assert process.wait(30) == 2
    assert runs(root) == {"a": 1}
