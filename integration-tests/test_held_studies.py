"""Parts of studies on this machine's cores: held, released, skipped, cancelled; and their history.

Would catch a job that is submitted though its step is held, a hold that a crash or a resume ends, a
part that is cancelled with more or less than was named, and a request of which nobody is told.
"""

from __future__ import annotations

import csv
import json
import os
import pwd
import signal
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import (
    PATIENT,
    WAITING,
    failing,
    no_conductor_stays,
    status,
    steps,
    write,
)
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

__all__ = ["failing", "no_conductor_stays"]  # fixtures

ME = pwd.getpwuid(os.getuid()).pw_name


#: Room for the three instances that wait, however few cores there are.
SLOTS = "batch: {type: local, local_slots: 3}\nstudy:"


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A study of three instances that wait for a file, and of one that comes after them."""
    return write(tmp_path / "waiting.yaml", WAITING.replace("study:", SLOTS, 1))


def counts(maestro: Maestro, root: Path) -> dict[str, int]:
    found = status(maestro, root)["counts"]
    assert isinstance(found, dict)
    return found


def run_waiting(maestro: Maestro, root: Path, study: Path) -> None:
    """Start a study, and wait until its three first instances run."""
    done = maestro("run", "-y", "-o", root, study)
    assert done.returncode == 0, done.stderr
    wait_until(lambda: counts(maestro, root).get("RUNNING") == 3)


def history(maestro: Maestro, root: Path) -> list[dict[str, object]]:
    found = json.loads(maestro("status", "--history", "--json", root).stdout)["history"]
    assert isinstance(found, list)
    return found


def test_what_is_held_is_not_submitted_until_it_is_released(
    tmp_path: Path, waiting: Path, maestro: Maestro
) -> None:
    root = tmp_path / "OUT"
    run_waiting(maestro, root, waiting)
    done = maestro("hold", root, "after")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{root}: 1 instance held\n"
    (tmp_path / "go").touch()
    wait_until(lambda: counts(maestro, root) == {"FINISHED": 3, "QUEUED": 1})
    found = status(maestro, root)
    assert (found["state"], found["held"]) == ("RUNNING", 1)
    assert steps(maestro, root)["after"]["attempt"] == 0
    assert "QUEUED held" in maestro("status", root, env={"COLUMNS": "200"}).stdout
    told = maestro("why", root, "after").stdout
    assert "is held since " in told
    assert f" by {ME}\n" in told
    assert f"Let it go: maestro release {root.name} after" in told
    done = maestro("release", root)
    assert (done.returncode, done.stdout) == (0, f"{root}: 1 instance released\n")
    wait_until(lambda: status(maestro, root)["state"] == "FINISHED")


def test_a_hold_outlives_its_conductor_and_a_resume(
    tmp_path: Path, waiting: Path, maestro: Maestro
) -> None:
    root = tmp_path / "OUT"
    run_waiting(maestro, root, waiting)
    assert maestro("hold", root).returncode == 0
    conductor = holder(root)
    assert conductor is not None
    os.kill(conductor.pid, signal.SIGKILL)
    wait_until(lambda: not holder(root))
    (tmp_path / "go").touch()
    assert maestro("resume", root).returncode == 0
    wait_until(lambda: counts(maestro, root) == {"FINISHED": 3, "QUEUED": 1})
    assert status(maestro, root)["held"] == 1
    assert maestro("release", root).returncode == 0
    wait_until(lambda: status(maestro, root)["state"] == "FINISHED")


def test_a_study_is_held_before_its_first_start(
    tmp_path: Path, waiting: Path, maestro: Maestro
) -> None:
    (tmp_path / "go").touch()
    root = tmp_path / "OUT"
    assert maestro("run", "-n", "-o", root, waiting).returncode == 0
    done = maestro("hold", root, "--where", "N>1")
    assert done.returncode == 0
    assert "2 instances will be held once the study goes on: no conductor is alive" in done.stdout
    assert maestro("resume", root).returncode == 0
    wait_until(lambda: counts(maestro, root).get("FINISHED") == 1)
    held = {name for name, each in steps(maestro, root).items() if each["held"]}
    assert held == {"wait_N.2", "wait_N.3"}
    assert maestro("release", root, "wait_N.3").returncode == 0
    wait_until(lambda: counts(maestro, root).get("FINISHED") == 2)
    assert maestro("release", root, "--json").returncode == 0
    wait_until(lambda: status(maestro, root)["state"] == "FINISHED")


def test_what_is_skipped_counts_as_finished(
    tmp_path: Path, failing: Path, maestro: Maestro
) -> None:
    root = tmp_path / "OUT"
    assert maestro("run", "-fg", "-y", "-o", root, failing).returncode == 2
    done = maestro("skip", root, "work_N.2")
    assert "1 instance will be skipped" in done.stdout
    assert maestro("resume", "-fg", root).returncode == 0
    found = steps(maestro, root)
    assert (found["work_N.2"]["state"], found["work_N.2"]["attempt"]) == ("SKIPPED", 1)
    assert found["post_N.2"]["state"] == "FINISHED"
    assert "was skipped" in maestro("why", root, "work_N.2").stdout
    with (root / "status.csv").open() as file:
        assert {row["State"] for row in csv.DictReader(file)} == {"FINISHED"}


def test_what_runs_is_not_skipped(tmp_path: Path, waiting: Path, maestro: Maestro) -> None:
    root = tmp_path / "OUT"
    run_waiting(maestro, root, waiting)
    done = maestro("skip", root, "wait")
    assert done.returncode == 1
    why = "wait_N.1 is RUNNING, and so are 2 more in flight: cancel what is in flight first"
    assert f"skip was refused: {why}" in done.stderr
    assert counts(maestro, root)["RUNNING"] == 3
    shown = maestro("status", root).stdout
    assert "Refused: skip wait at " in shown
    assert f" by {ME}: {why}" in shown


def test_a_part_is_cancelled_and_the_rest_goes_on(tmp_path: Path, maestro: Maestro) -> None:
    study = write(tmp_path / "patient.yaml", PATIENT.replace("study:", SLOTS, 1))
    root = tmp_path / "OUT"
    run_waiting(maestro, root, study)
    done = maestro("cancel", "-y", root, "--where", "N=2")
    assert (done.returncode, done.stderr) == (0, "")
    wait_until(lambda: counts(maestro, root) == {"RUNNING": 2, "CANCELLED": 1})
    assert steps(maestro, root)["wait_N.2"]["state"] == "CANCELLED"
    (tmp_path / "go").touch()
    wait_until(lambda: status(maestro, root)["state"] == "CANCELLED")
    assert counts(maestro, root) == {"FINISHED": 2, "CANCELLED": 1}
    assert maestro("resume", "-fg", root, "wait_N.2").returncode == 0


def test_local_slots_are_updated(tmp_path: Path, maestro: Maestro) -> None:
    text = PATIENT.replace("study:", SLOTS.replace("3", "1"), 1)
    root = tmp_path / "OUT"
    maestro("run", "-y", "-o", root, write(tmp_path / "patient.yaml", text))
    wait_until(lambda: counts(maestro, root).get("RUNNING") == 1)
    done = maestro("update", "--local-slots", "2", root)
    assert "In force: local_slots 2" in done.stdout
    wait_until(lambda: counts(maestro, root).get("RUNNING") == 2)


def test_the_history_names_each_request(tmp_path: Path, waiting: Path, maestro: Maestro) -> None:
    root = tmp_path / "OUT"
    run_waiting(maestro, root, waiting)
    maestro("hold", root, "after")
    maestro("update", "--throttle", "4", root)
    maestro("skip", root, "wait")
    maestro("cancel", "-y", root)
    wait_until(lambda: status(maestro, root)["state"] == "CANCELLED")
    found = history(maestro, root)
    assert [each["event"] for each in found] == ["opened", *["request"] * 4, "ended"]
    asked = [each for each in found if each["event"] == "request"]
    assert [each["text"] for each in asked] == [
        "hold after",
        "update throttle 4",
        "skip wait",
        "cancel",
    ]
    assert [each["accepted"] for each in asked] == [True, True, False, True]
    assert {each["by"] for each in asked} == {ME}
    shown = maestro("status", "--history", root, env={"COLUMNS": "80"}).stdout
    assert f"{ME}: hold after — 1 instance held\n" in shown
    assert "ended: CANCELLED" in shown
