"""`maestro run`, in the foreground and in the background, is killed at any instant.

From its first import on: while it makes the study's folder, starts the conductor, or is one.
The full form (`slow`) kills each 200 times.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random

import pytest

from faults.counted_study import is_study
from faults.crash_tools import ends, runs
from local_studies import write
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

pytestmark = pytest.mark.once

STUDY = """\
description: {name: counted, description: counts how often each command runs}
study:
  - name: a
    description: works
    run: {cmd: "echo ran >> count; sleep 0.1; : $(N)"}
  - name: b
    description: comes after it
    run: {cmd: "echo ran >> count", depends: [a]}
  - name: last
    description: comes after all
    run: {cmd: "echo ran >> count", depends: [b_*]}
global.parameters:
  N: {values: [1, 2, 3, 4, 5, 6, 7, 8], label: N.%%}
"""


def maestro(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "maestro_cli", *map(str, arguments)]


def killed(command: list[str], delay: float, told: Counter[str], root: Path) -> bool:
    """Run a command, and kill it after so many s; False: it had ended."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.kill()
            told["study" if is_study(root) else "no study yet"] += 1
            return True
    return False


def check(root: Path) -> None:
    assert set(ends(root).values()) == {"FINISHED"}
    assert set(runs(root).values()) == {1}
    beside = [path.name for path in root.parent.iterdir() if path.name.startswith(f".{root.name}.")]
    assert not beside


def kill_foreground(folder: Path, seed: int, told: Counter[str]) -> None:
    """Kill `maestro run -fg`, and what takes up its work, until the study has ended."""
    random = Random(seed)  # noqa: S311
    folder.mkdir()
    study = write(folder / "study.yaml", STUDY)
    root = folder / "OUT"
    for number in count():
        command = maestro("run", "-fg", "-y", "-o", root, study)
        if is_study(root):
            command = maestro("resume", "-fg", root)
        # On a busy machine it may not come further in 1.5 s, however often it is started.
        if not killed(command, random.uniform(0.1, 1.5) * 1.1**number, told, root):
            break
    check(root)


def kill_background(folder: Path, seed: int, told: Counter[str]) -> None:
    """Kill `maestro run`, and the conductor that it may have started; then go on."""
    random = Random(seed)  # noqa: S311
    folder.mkdir()
    study = write(folder / "study.yaml", STUDY)
    root = folder / "OUT"
    killed(maestro("run", "-y", "-o", root, study), random.uniform(0.1, 1.2), told, root)
    found = holder(root)
    if found is not None and found.pid and random.random() < 0.5:
        os.kill(found.pid, signal.SIGKILL)
        told["its conductor, too"] += 1
    command = maestro("run", "-y", "-o", root, study)
    if is_study(root):
        command = maestro("resume", root)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    # The conductor that the killed one had started may have come alive in this moment.
    assert done.returncode == 0 or "another conductor holds" in done.stderr, done.stderr
    wait_until(lambda: set(ends(root).values()) == {"FINISHED"})
    wait_until(lambda: holder(root) is None)
    check(root)


@pytest.mark.parametrize("kill", [kill_foreground, kill_background])
def test_killed_some_times(tmp_path, kill):
    told: Counter[str] = Counter()
    for seed in range(2):
        kill(tmp_path / str(seed), seed, told)
    assert told


@pytest.mark.slow
@pytest.mark.parametrize("kill", [kill_foreground, kill_background])
def test_killed_200_times(tmp_path, long_test, kill):
    told: Counter[str] = Counter()
    seed = 0
    # How many of them come before there is a study depends on the machine; some must.
    while (
        told["study"] + told["no study yet"] < 200 or min(told["study"], told["no study yet"]) < 20
    ):
        seed += 1
        kill(tmp_path / str(seed), seed, told)
    print(dict(told))
