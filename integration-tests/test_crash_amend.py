"""Whoever is killed while a study is amended leaves the old study or the new one, whole.

`maestro amend` while it puts the amendment together, asks for it and waits; the conductor while it takes it in,
at each boundary between two records of the journal and at random instants. The full form (`slow`) kills 200 times.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from faults.amended_study import (
    ask,
    bring_to_its_end,
    edit,
    is_new,
    maestro,
    ran,
    run,
    write_study,
)
from faults.crash_tools import run_to_the_end, run_until_killed
from maestro_conductor.journal import JournalReader
from maestro_conductor.workspace.conductor_lock import holder
from waiting import ended_within, wait_until

pytestmark = pytest.mark.once


def made(folder: Path, seconds: float) -> tuple[Path, Path]:
    """A study that is not started yet, and its file."""
    study = write_study(folder, seconds)
    root = folder / "OUT"
    assert run("run", "-n", "-o", root, study).returncode == 0
    return root, study


def kill_conductor(root: Path) -> bool:
    alive = holder(root)
    if alive is None or not alive.pid:
        return False
    os.kill(alive.pid, signal.SIGKILL)
    wait_until(lambda: holder(root) is None)
    return True


def kill_one(folder: Path, seed: int) -> str:
    """Kill `maestro amend`, the conductor, or both, at a random instant; tells what was found then.

    The study has ended, runs, or was never started; who is killed is drawn, and may have ended.
    """
    random = Random(seed)  # noqa: S311
    kind = random.choice(["never started", "runs", "runs", "ended"])
    root, study = made(folder, 0 if kind == "ended" else random.choice([0.2, 1]))
    if kind == "ended":
        assert run("resume", "-fg", root).returncode == 0
    elif kind == "runs":
        assert run("resume", root).returncode == 0
        wait_until(lambda: ran(root)["make_1"])
    edit(study)
    victims = random.choice([["cli"], ["conductor"], ["cli", "conductor"]])
    if kind != "runs":
        victims = ["cli"]
    command = maestro("amend", "-y", root, study)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as asked:
        # Half of them soon after the request was made, which is when most happens.
        if random.random() < 0.5:
            wait_until(
                lambda: any(root.glob(".maestro/amendments/[!.]*")) or ended_within(asked.pid, 0),
                interval=0.001,
            )
            ended_within(asked.pid, random.uniform(0, 0.3))
        else:
            ended_within(asked.pid, random.uniform(0.05, 1.2))
        if "conductor" in victims:
            kill_conductor(root)
        if "cli" in victims:
            asked.kill()
        elif holder(root) is None:
            run("resume", root)  # or it would be waited for
        told = asked.communicate(timeout=60)[1]
        assert b"Traceback" not in told
    new = is_new(root)
    # What the amendment cancelled, or was never started, runs again; what goes on is waited for.
    if holder(root) is not None and random.random() < 0.3:
        kill_conductor(root)
    bring_to_its_end(root, study)
    return f"{kind}: {'new' if new else 'old'}"


def test_killed_some_times(tmp_path: Path) -> None:
    found = Counter(kill_one(tmp_path / str(seed), seed) for seed in range(3))
    assert len(found) > 1


@pytest.mark.slow
def test_killed_at_200_random_instants(tmp_path: Path, long_test: None) -> None:
    found = Counter(kill_one(tmp_path / str(seed), seed) for seed in range(1000, 1200))
    print(dict(found))
    assert len(found) == 6


@pytest.fixture(scope="module")
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study whose amendment waits for a conductor."""
    folder = tmp_path_factory.mktemp("asked") / "folder"
    root, study = made(folder, 0.1)
    if request.param == "ended":
        assert run("resume", "-fg", root).returncode == 0
    edit(study)
    ask(root, study)
    return folder


def next_frame(root: Path) -> int:
    """The number of the next frame of a study's journal."""
    with JournalReader(root / ".maestro/journal.msgpack") as reader:
        list(reader.read())
        return reader.sequence


def kill_at(asked: Path, folder: Path, when: str, frame: int) -> str | None:
    """Kill a conductor at a boundary between two records; None: there is none, for it wrote several at once."""
    shutil.copytree(asked, folder)
    root, study = folder / "OUT", folder / "study.yaml"
    code = run_until_killed(root, when, frame)
    assert code in (-9, 0)
    found = "new" if is_new(root) else "old"
    bring_to_its_end(root, study)
    return found if code else None


def boundaries(asked: Path, folder: Path) -> range:
    """The frames that a conductor writes which nobody kills."""
    shutil.copytree(asked, folder)
    root = folder / "OUT"
    first = next_frame(root) if (root / ".maestro/journal.msgpack").exists() else 1
    assert run_to_the_end(root) == 0
    return range(first, next_frame(root))


@pytest.mark.parametrize("asked", ["never started"], indirect=True)
@pytest.mark.parametrize(("when", "found"), [("before", "old"), ("after", "new")])
def test_killed_as_the_journal_is_replaced(
    asked: Path, tmp_path: Path, when: str, found: str
) -> None:
    """By the third frame: `opened` and `settings` come first."""
    assert kill_at(asked, tmp_path / "folder", when, 3) == found


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["never started", "ended"], indirect=True)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_record_boundary(
    asked: Path, tmp_path: Path, long_test: None, when: str
) -> None:
    found = Counter(
        kill_at(asked, tmp_path / str(frame), when, frame)
        for frame in boundaries(asked, tmp_path / "whole")
    )
    print(dict(found))
    assert found["old"]
    assert found["new"] > 8
