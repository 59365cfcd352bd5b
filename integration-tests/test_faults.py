"""Trouble from outside: signals, crowds, odd paths, wild steps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from faults.crash_tools import COUNT, conductor, ends, events, run_to_the_end, runs
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.attempt_file import read_attempt
from waiting import wait_until

pytestmark = pytest.mark.once


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_and_it_can_be_started_again(tmp_path, number):
    root = make_workspace(
        tmp_path / "w", [StepPlan("a", [COUNT + "sleep 1"]), StepPlan("b", [COUNT], needs=["a"])]
    )
    with subprocess.Popen(conductor(root)) as process:
        wait_until(lambda: (root / "a/count").exists())
        process.send_signal(number)
        assert process.wait(20) == 128 + number
    assert ends(root)["a"] == "RUNNING"
    assert "conductor_stopped" in events(root)
    assert run_to_the_end(root) == 0
    assert runs(root) == {"a": 1, "b": 1}


def test_local_steps_are_stopped_with_it_where_asked(tmp_path):
    root = make_workspace(
        tmp_path / "w", [StepPlan("a", [COUNT + "[ $(wc -l < count) = 2 ] || sleep 100"])]
    )
    with subprocess.Popen(conductor(root, "--local-steps", "stop")) as process:
        wait_until(lambda: (root / "a/count").exists())
        process.terminate()
        assert process.wait(20) == 143
    assert ends(root) == {"a": "QUEUED"}
    assert run_to_the_end(root) == 0
    assert runs(root) == {"a": 2}


def test_hup_does_not_matter(tmp_path):
    root = make_workspace(tmp_path / "w", [StepPlan("a", ["sleep 0.5"])])
    with subprocess.Popen(conductor(root)) as process:
        wait_until(lambda: "step_started" in events(root))
        process.send_signal(signal.SIGHUP)
        assert process.wait(20) == 0


@pytest.mark.parametrize("times", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_two_conductors_started_at_once(tmp_path, long_test, times):
    for number in range(times):
        root = make_workspace(tmp_path / str(number), [StepPlan("a", [COUNT + "sleep 1.5"])])
        pair = [
            subprocess.Popen(conductor(root), stderr=subprocess.PIPE, text=True) for _ in range(2)
        ]
        said = [process.communicate(timeout=60)[1] for process in pair]
        assert sorted(process.returncode for process in pair) == [0, 1]
        assert sum("another conductor holds" in text for text in said) == 1
        assert runs(root) == {"a": 1}


def test_a_file_in_the_place_of_a_folder_fails_the_step(tmp_path):
    root = make_workspace(tmp_path / "w", [StepPlan("a", [COUNT]), StepPlan("b", [COUNT])])
    (root / "a").write_text("in the way")
    assert run_to_the_end(root) == 2
    assert ends(root) == {"a": "FAILED", "b": "FINISHED"}
    assert "submission_refused" in events(root)


def test_a_workspace_on_an_odd_path(tmp_path):
    root = make_workspace(
        tmp_path / 'it\'s a "place" $HOME; #1\nÜ',
        [StepPlan("a", [COUNT]), StepPlan("b", [COUNT], needs=["a"])],
    )
    assert run_to_the_end(root) == 0
    assert runs(root) == {"a": 1, "b": 1}


def test_a_step_that_prints_100_mb(tmp_path):
    root = make_workspace(tmp_path / "w", [StepPlan("a", ["head -c 100000000 /dev/zero"])])
    # A process counts the memory of the one that it was forked from: that must be a small one.
    small = (
        "import os, sys; pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:]); "
        "_, status, usage = os.wait4(pid, 0); print(usage.ru_maxrss, status)"
    )
    argv = [sys.executable, "-c", small, *conductor(root)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    memory, status = map(int, done.stdout.split()[-2:])
    assert status == 0
    assert memory < 100_000, "it is not held in memory (kB)"
    (out,) = (root / "a").glob("*.out")
    assert out.stat().st_size == 100_000_000


@pytest.mark.parametrize(
    "leave", ["sleep 600 >/dev/null 2>&1 &", "setsid sleep 600 >/dev/null 2>&1 &"]
)
def test_a_child_that_holds_no_log_is_not_waited_for(tmp_path, leave):
    root = make_workspace(
        tmp_path / "w", [StepPlan("a", [f"{leave} echo $! > child"]), StepPlan("b", needs=["a"])]
    )
    assert run_to_the_end(root) == 0
    # It sleeps on, and was neither waited for nor stopped.
    os.kill(int((root / "a/child").read_text()), signal.SIGKILL)


def test_a_local_step_that_ended_while_no_conductor_ran(tmp_path):
    root = make_workspace(tmp_path / "w", [StepPlan("a", [COUNT + "sleep 0.5; exit 7"])])
    with subprocess.Popen(conductor(root)) as process:
        wait_until(lambda: (root / "a/count").exists())
        process.kill()
    wait_until(lambda: "end code=7" in (root / "a/.attempt.1").read_text())
    assert run_to_the_end(root) == 2
    assert runs(root) == {"a": 1}
    assert ends(root) == {"a": "FAILED"}


def test_a_reboot_is_survived(tmp_path):
    root = make_workspace(
        tmp_path / "w", [StepPlan("a", [COUNT + "[ $(wc -l < count) = 2 ] || sleep 100"])]
    )
    with subprocess.Popen(conductor(root)) as process:
        wait_until(lambda: (root / "a/count").exists() and read_attempt(root / "a", 1).pid)
        process.kill()
    path = root / "a/.attempt.1"
    text = path.read_text()
    for name in ("keeper=", "pid="):  # nothing survives a reboot
        os.killpg(int(text.split(name)[1].split()[0]), signal.SIGKILL)
    boot = text.split("boot=")[1].split()[0]
    path.write_text(text.split("end")[0].replace(boot, "11111111-2222-3333-4444-555555555555"))
    assert run_to_the_end(root) == 0
    assert runs(root) == {"a": 2}
    assert "step_lost" in events(root)
    assert sys.platform == "linux"
