"""A disk that is really full: what cannot be written waits, and the study can still be stopped."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from faults.crash_tools import COUNT, conductor, ends, events, run_to_the_end, runs
from faults.full_disk import fill, fill_with_files, mounted
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.attempt_file import read_attempt
from maestro_conductor.workspace.conductor_lock import last_holder
from waiting import wait_until

pytestmark = pytest.mark.once

MAESTRO = Path(sys.executable).with_name("maestro")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    with mounted(tmp_path / "disk", "size=1m") as folder:
        yield folder


def running(root: Path) -> list[Path]:
    """The attempts of ``a`` whose script lives."""
    found = []
    for folder in root.glob("a/*"):
        pid = read_attempt(folder, 1).pid
        if pid is not None and Path(f"/proc/{pid}").exists():
            found.append(folder)
    return found


def seen(root: Path) -> dict[str, Any]:
    """What `maestro status --json` tells."""
    command = [MAESTRO, "status", "--json", "--summary", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def make_long_study(disk: Path, count: int = 20) -> Path:
    return make_workspace(
        disk / "w",
        [StepPlan("a", [COUNT + "sleep 0.1"] * count), StepPlan("b", [COUNT], funnels=["a"])],
        batch={"local_slots": 2},
    )


@contextlib.contextmanager
def conducting(root: Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A conductor; where the test has failed, it is not waited for: it may wait for ever."""
    with subprocess.Popen(conductor(root), stderr=subprocess.PIPE, text=True, **options) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


@contextlib.contextmanager
def paused(root: Path, disk: Path) -> Iterator[subprocess.Popen[str]]:
    """A conductor whose study stands still, as the disk is full."""
    with conducting(root) as process:
        assert process.stderr
        wait_until(lambda: (root / "a/N.3/count").exists())
        fill(disk)
        assert "the study pauses: " in process.stderr.readline()
        wait_until(lambda: not running(root), "the end of what ran")
        yield process


def test_a_full_disk_pauses_the_study_and_nothing_is_lost(small_disk):
    root = make_long_study(small_disk)
    with paused(root, small_disk) as process:
        # What ran has ended, and then nothing runs: all slots are free, and none is filled.
        assert process.poll() is None
        assert len(list(root.glob("a/*/count"))) < 20
        wait_until(lambda: last_holder(root).paused is not None)
        told = seen(root)
        assert told["state"] == "RUNNING"
        assert "No space left on device" in told["conductor"]["paused"]
        (small_disk / "ballast").unlink()
        assert "the study goes on" in process.stderr.readline()
        wait_until(lambda: last_holder(root).paused is None)
        assert process.wait(60) == 0
    assert set(ends(root).values()) == {"FINISHED"}
    assert set(runs(root).values()) == {1}
    told = events(root)
    assert told.count("paused") == told.count("unpaused") >= 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_while_the_disk_is_full(small_disk, number):
    root = make_long_study(small_disk)
    with paused(root, small_disk) as process:
        process.send_signal(number)
        assert process.wait(20) == 128 + number
    assert seen(root)["state"] == "STOPPED"  # it left on purpose, whatever the journal lacks
    (small_disk / "ballast").unlink()
    assert run_to_the_end(root) == 0
    assert set(runs(root).values()) == {1}


def test_a_study_can_be_cancelled_while_the_disk_is_full(small_disk):
    root = make_workspace(small_disk / "w", [StepPlan("a", ["sleep 100"])])
    with conducting(root) as process:
        wait_until(lambda: "step_started" in events(root))
        fill(small_disk)
        asked = subprocess.run(
            [MAESTRO, "cancel", "-y", str(root)], capture_output=True, text=True, check=False
        )
        assert asked.returncode == 0, asked.stderr
        attempt = (root / "a/.attempt.1").read_text()
        pid = int(attempt.split("pid=")[1].split()[0])
        wait_until(lambda: not Path(f"/proc/{pid}").exists())
        (small_disk / "ballast").unlink()
        assert process.wait(60) == 3
    assert ends(root) == {"a": "CANCELLED"}


def test_an_update_is_taken_while_the_disk_is_full(small_disk):
    root = make_long_study(small_disk)
    request = small_disk / "update"
    request.write_text("throttle: 1\n")
    with paused(root, small_disk) as process:
        request.rename(root / ".study.update.lock")
        wait_until(lambda: not (root / ".study.update.lock").exists(), "that it is taken")
        (small_disk / "ballast").unlink()
        assert process.wait(60) == 0
    assert seen(root)["settings"]["throttle"] == 1
    assert set(runs(root).values()) == {1}


def test_a_hold_is_answered_once_there_is_room(small_disk):
    root = make_long_study(small_disk)
    request = small_disk / "hold.json"
    request.write_text('{"request": "hold", "steps": ["b"]}')
    with paused(root, small_disk) as process:
        request.rename(root / ".maestro/requests/hold.json")
        wait_until(lambda: not any((root / ".maestro/requests").iterdir()), "that it is taken")
        answer = root / ".maestro/answers/hold.json"
        assert not answer.exists()
        (small_disk / "ballast").unlink()
        wait_until(answer.exists)
        assert json.loads(answer.read_text())["accepted"]
        wait_until(lambda: len(list(root.glob("a/*/count"))) == 20 and not running(root))
        assert process.poll() is None
        assert not (root / "b/count").exists()
        request.write_text('{"request": "release", "steps": null}')
        request.rename(root / ".maestro/requests/release.json")
        assert process.wait(60) == 0
    assert set(runs(root).values()) == {1}


def test_held_while_the_disk_is_full_it_can_be_left(small_disk):
    root = make_long_study(small_disk)
    request = small_disk / "hold.json"
    request.write_text('{"request": "hold", "steps": null}')
    with paused(root, small_disk) as process:
        request.rename(root / ".maestro/requests/hold.json")
        wait_until(lambda: not any((root / ".maestro/requests").iterdir()), "that it is taken")
        process.terminate()
        assert process.wait(20) == 143
    (small_disk / "ballast").unlink()
    # It was claimed, and there was no room for its answer: the next conductor takes it up.
    with conducting(root) as process:
        answer = root / ".maestro/answers/hold.json"
        wait_until(answer.exists)
        assert json.loads(answer.read_text())["accepted"]
        request.write_text('{"request": "release", "steps": null}')
        request.rename(root / ".maestro/requests/release.json")
        assert process.wait(60) == 0
    assert set(runs(root).values()) == {1}


@pytest.mark.parametrize("words", [["update", "--throttle", "1"], ["hold"], ["skip", "b"]])
def test_a_request_that_there_is_no_room_for_is_one_message(small_disk, words):
    root = make_long_study(small_disk)
    with paused(root, small_disk) as process:
        word, *more = words
        asked = subprocess.run(
            [MAESTRO, word, str(root), *more], capture_output=True, text=True, check=False
        )
        assert asked.returncode == 1
        assert "No space left on device" in asked.stderr
        assert str(root) in asked.stderr
        assert len(asked.stderr.splitlines()) == 2
        assert list(root.glob("**/.*.tmp")) == []
        process.terminate()
        assert process.wait(20) == 143


def test_a_study_begins_while_the_disk_is_full(small_disk):
    root = make_long_study(small_disk, count=3)
    fill(small_disk)
    with conducting(root) as process:
        assert process.stderr
        assert "the study pauses: " in process.stderr.readline()
        assert list(root.glob("a/*/count")) == []
        wait_until(lambda: "no room on the disk" in seen_by_people(root))
        (small_disk / "ballast").unlink()
        assert "the study goes on" in process.stderr.readline()
        assert process.wait(60) == 0
    assert set(runs(root).values()) == {1}


def seen_by_people(root: Path) -> str:
    command = [MAESTRO, "status", "--disable-pager", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("begun", [False, True])
def test_a_disk_that_takes_no_more_files(tmp_path, begun):
    with mounted(tmp_path / "disk", "size=8m", "nr_inodes=400") as disk:
        root = make_long_study(disk)
        with contextlib.ExitStack() as stack:
            if begun:
                process = stack.enter_context(conducting(root))
                wait_until(lambda: (root / "a/N.3/count").exists())
            ballast = fill_with_files(disk)
            if begun:
                assert "the study pauses: " in process.stderr.readline()
                wait_until(lambda: not running(root), "the end of what ran")
                wait_until(lambda: "stands still" in seen_by_people(root))
            else:
                done = subprocess.run(
                    conductor(root), capture_output=True, text=True, check=False, timeout=60
                )
                assert done.returncode == 1
                assert f"{root}/.maestro/lock cannot be" in done.stderr
                assert "No space left on device. Make room" in done.stderr
                assert len(done.stderr.splitlines()) == 1
            for file in ballast.iterdir():
                file.unlink()
            if begun:
                assert process.wait(60) == 0
            else:
                assert run_to_the_end(root) == 0
        assert set(runs(root).values()) == {1}


def limited(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 1024, 8192])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_files_that_may_not_grow(tmp_path, size, number):
    """`ulimit -f`: it waits, as on a full disk, and a signal stops it."""
    root = make_workspace(tmp_path / "w", [StepPlan("a", [COUNT] * 200)], batch={"local_slots": 2})
    with conducting(root, preexec_fn=limited(size)) as process:
        assert process.stderr
        # The log, which only informs, may reach its end first.
        assert any("the study pauses: " in line for line in process.stderr)
        process.send_signal(number)
        assert process.wait(20) == 128 + number
    assert run_to_the_end(root) == 0
    assert set(runs(root).values()) == {1}
    assert os.stat(root / ".maestro/journal.msgpack").st_size > size
