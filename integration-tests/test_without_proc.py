"""Where a system has no `/proc`, no pidfds and no `prctl` (macOS): local studies work all the same.

Such a system is made here: an empty folder in the place of `/proc`, in a mount namespace, and a
Python without those calls. What cannot be had then says so.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.crash_tools import COUNT, conductor, ends, runs
from local_studies import HELLO, write
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.attempt_file import read_attempt
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

pytestmark = pytest.mark.once

#: Python's own start-up file; it takes away what Linux has and macOS lacks.
SITE = """\
import ctypes, os, select, signal
for module, name in [(os, "pidfd_open"), (signal, "pidfd_send_signal"), (os, "sched_getaffinity"),
                     (select, "epoll"), (os, "eventfd"), (os, "memfd_create")]:
    if hasattr(module, name):
        delattr(module, name)
look_up = ctypes.CDLL.__getattr__
def without_prctl(library, name):
    if name == "prctl":
        raise AttributeError(name)
    return look_up(library, name)
ctypes.CDLL.__getattr__ = without_prctl
"""

_HIDE = 'mount -t tmpfs none /proc && exec "$@"'

#: Runs a command on such a system; the process id is the command's.
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(SITE)
    search = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]

    def start(command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", _HIDE, "sh", *command],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(search)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def run(start: Start, command: list[str]) -> tuple[int, str]:
    with start(command) as process:
        try:
            told, errors = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert not errors
    return process.returncode, told


def maestro(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "maestro_cli", *map(str, arguments)]


def reasons(root: Path) -> list[str]:
    log = root / "logs/study.log"
    if not log.exists():  # who was killed had no time to write one
        return []
    whole = log.read_text().rpartition("\n")[0]
    return [json.loads(line).get("reason", "") for line in whole.splitlines()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


def test_there_is_nothing_to_look_at(start):
    look = "import os; print(os.listdir('/proc'), hasattr(os, 'pidfd_open'))"
    assert run(start, [sys.executable, "-c", look]) == (0, "[] False\n")


def test_a_study_runs_to_its_end(start, tmp_path):
    root = make_workspace(
        tmp_path / "w",
        [
            StepPlan("a", [COUNT + "sleep 0.1"] * 6),
            StepPlan("bad", [COUNT + "exit 7"]),
            StepPlan("killed", [COUNT + "kill -9 $$"]),
            StepPlan(
                "slow",
                [COUNT + "sleep 60"],
                resources={"walltime": "0:01", "enforce_walltime": True},
            ),
            StepPlan("last", [COUNT], funnels=["a"]),
        ],
        batch={"local_slots": 3},
    )
    assert run(start, conductor(root)) == (2, "")
    wanted = {"bad": "FAILED", "killed": "FAILED", "slow": "TIMEDOUT"}
    assert ends(root) == {name: wanted.get(name, "FINISHED") for name in ends(root)}
    assert set(runs(root).values()) == {1}
    assert read_attempt(root / "bad", 1).exit_code == 7


def test_a_running_step_is_cancelled_with_its_children(start, tmp_path):
    root = make_workspace(
        tmp_path / "w", [StepPlan("a", ["sleep 100 & echo $! > child; " + COUNT + "sleep 100"])]
    )
    with start(conductor(root)) as process:
        wait_until((root / "a/count").exists)
        (root / ".cancel.lock").touch()
        assert process.wait(30) == 3
    assert ends(root) == {"a": "CANCELLED"}
    assert not alive(int((root / "a/child").read_text()))


def test_after_a_kill_it_goes_on_and_says_what_it_cannot_see(start, tmp_path):
    root = make_workspace(
        tmp_path / "w",
        [
            StepPlan("ended", [COUNT + "exit 7"]),
            StepPlan("runs", [COUNT + "until test -e go; do sleep 0.1; done; exit 8"]),
            StepPlan("later", [COUNT], needs=["runs"], failure={"allow_failure": True}),
        ],
        batch={"local_slots": 2},
    )
    with start(conductor(root)) as process:
        wait_until(lambda: (root / "runs/count").exists() and (root / "ended/count").exists())
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: read_attempt(root / "ended", 1).fate == "ended")
    with start(conductor(root)) as process:
        wait_until(
            lambda: any("which this system does not tell" in reason for reason in reasons(root))
        )
        (root / "runs/go").touch()
        assert process.wait(60) == 2
    assert {name: end for name, end in ends(root).items() if name != "later"} == {
        "ended": "FAILED",
        "runs": "FAILED",
    }
    assert runs(root) == {"ended": 1, "runs": 1, "later": 0}
    assert read_attempt(root / "runs", 1).exit_code == 8


def test_a_cancel_after_a_kill_ends_what_was_not_begun(start, tmp_path):
    """What an earlier conductor started is out of reach; it runs out, and nothing follows it."""
    root = make_workspace(
        tmp_path / "w",
        [
            StepPlan("runs", [COUNT + "until test -e go; do sleep 0.1; done"]),
            StepPlan("later", [COUNT], needs=["runs"]),
        ],
    )
    with start(conductor(root)) as process:
        wait_until((root / "runs/count").exists)
        process.send_signal(signal.SIGKILL)
    with start(conductor(root)) as process:
        wait_until(
            lambda: any("which this system does not tell" in reason for reason in reasons(root))
        )
        (root / ".cancel.lock").touch()
        wait_until(lambda: ends(root)["later"] == "CANCELLED")
        assert process.poll() is None
        (root / "runs/go").touch()
        assert process.wait(30) == 3
    assert runs(root) == {"runs": 1, "later": 0}


def test_a_keeper_that_died_with_its_script_is_seen(start, tmp_path):
    root = make_workspace(
        tmp_path / "w", [StepPlan("a", [COUNT + "[ $(wc -l < count) = 2 ] || sleep 100"])]
    )
    with start(conductor(root)) as process:
        wait_until(lambda: (root / "a/count").exists() and read_attempt(root / "a", 1).pid)
        process.send_signal(signal.SIGKILL)
    attempt = read_attempt(root / "a", 1)
    os.kill(attempt.keeper, signal.SIGKILL)
    os.killpg(attempt.pid, signal.SIGKILL)
    assert run(start, conductor(root)) == (0, "")
    assert runs(root) == {"a": 2}


def test_the_commands_of_maestro(start, tmp_path):
    study = write(tmp_path / "hello.yaml", HELLO)
    root = tmp_path / "OUT"
    code, told = run(start, maestro("run", "-y", "-o", root, study))
    assert code == 0
    assert "launched" in told
    wait_until(lambda: set(ends(root).values()) == {"FINISHED"} and not holder(root))
    assert (root / "say/NAME.Jim/said.txt").read_text() == "hello Jim\n"
    code, told = run(start, maestro("status", "--json", root))
    assert json.loads(told)["counts"] == {"FINISHED": 3}


_LONG = "mkdir running || echo twice >> overlap; echo ran >> count; sleep {}; rmdir running"


@pytest.mark.parametrize("with_conductor", [False, True])
def test_a_script_whose_keeper_was_killed_does_not_run_beside_its_rerun(
    start, tmp_path, with_conductor
):
    # The next conductor asks again after 5 s.
    long = _LONG.format(7 if with_conductor else 3)
    root = make_workspace(tmp_path / "w", [StepPlan("a", [long])])
    with start(conductor(root)) as process:
        wait_until((root / "a/count").exists)
        keeper = read_attempt(root / "a", 1).keeper
        if with_conductor:
            process.kill()
        os.kill(keeper, signal.SIGKILL)
        assert with_conductor or process.wait(60) == 0
    if with_conductor:
        assert run(start, conductor(root)) == (0, "")
    assert not (root / "a/overlap").exists()
    assert runs(root) == {"a": 2}
