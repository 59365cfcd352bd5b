"""Studies that were moved, copied or renamed, or are reached by another path, and are then resumed.

Would catch a command that runs in another folder than the one that the user sees, and a copy that
touches the study that it was made from.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import no_conductor_stays, run_record, steps, write
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

__all__ = ["no_conductor_stays"]  # fixtures

pytestmark = pytest.mark.once

#: The second step waits for `go` in the study's folder; each step writes by an absolute path.
STUDY = """\
description: {name: wanderer, description: writes by absolute paths}
env:
  variables: {LIST: $(OUTPUT_PATH)/list}
study:
  - name: first
    description: writes
    run: {cmd: "echo first >> $(LIST); echo $(N) > $(WORKSPACE)/value"}
  - name: second
    description: reads, once it may
    run:
      cmd: |
        until [ -e $(OUTPUT_PATH)/go ]; do sleep 0.1; done
        cat $(first.workspace)/value >> $(LIST)
        test -e $(OUTPUT_PATH)/well
      depends: [first]
global.parameters:
  N: {values: [1, 2], label: N.%%}
"""


def rename(study: Path, target: Path) -> None:
    study.rename(target)


def copy(study: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", study, target], check=True)


def archive(study: Path, target: Path) -> None:
    made = shutil.make_archive(str(target), "tar", study)
    shutil.unpack_archive(made, target)
    Path(made).unlink()


def link(study: Path, target: Path) -> None:
    target.symlink_to(study)


WAYS = [rename, copy, archive, link]


def states(maestro: Maestro, root: Path) -> dict[str, object]:
    return {name: step["state"] for name, step in steps(maestro, root).items()}


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder, and what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def study(tmp_path: Path, maestro: Maestro) -> Path:
    """A study that failed: its first step has run, the second one has not found `well`."""
    root = tmp_path / "OUT"
    write(tmp_path / "study.yaml", STUDY)
    maestro("run", "-n", "-o", root, "study.yaml")
    (root / "go").touch()
    maestro("resume", "-fg", root)
    assert states(maestro, root) == {
        "first_N.1": "FINISHED", "first_N.2": "FINISHED",
        "second_N.1": "FAILED", "second_N.2": "FAILED",
    }  # fmt: skip
    return root


@pytest.mark.parametrize("way", WAYS)
def test_a_failed_study_goes_on_where_the_user_sees_it(
    way: Callable[[Path, Path], None], study: Path, tmp_path: Path, maestro: Maestro
) -> None:
    before = contents(study)
    there = tmp_path / "elsewhere" / "NEW"
    there.parent.mkdir()
    way(study, there)
    (there / "well").touch()
    assert maestro("resume", "-fg", there).returncode == 0
    assert set(states(maestro, there).values()) == {"FINISHED"}
    lines = (there / "list").read_text().split()
    assert sorted(lines) == ["1", "1", "2", "2", "first", "first"]
    if way is rename:
        assert not study.exists()
    elif way is not link:
        assert contents(study) == before
    log = (there / "logs/wanderer.log").read_text()
    assert ("study_moved" in log, "study_copied" in log) == (way is rename, way in (copy, archive))


@pytest.mark.parametrize("way", [copy, archive])
def test_a_copy_of_a_running_study_has_its_own_jobs(
    way: Callable[[Path, Path], None], tmp_path: Path, maestro: Maestro
) -> None:
    root, there = tmp_path / "OUT", tmp_path / "COPY"
    write(tmp_path / "study.yaml", STUDY)
    maestro("run", "-y", "-o", root, "study.yaml")
    wait_until(lambda: states(maestro, root)["second_N.1"] == "RUNNING")
    way(root, there)
    for made in (root, there):
        (made / "well").touch()
    maestro("resume", there)
    wait_until(lambda: states(maestro, there)["second_N.1"] == "RUNNING")
    (there / "go").touch()
    wait_until(lambda: set(states(maestro, there).values()) == {"FINISHED"})
    assert set(states(maestro, root).values()) == {"FINISHED", "RUNNING"}
    assert (root / "list").read_text().split() == ["first", "first"]
    assert sorted((there / "list").read_text().split()) == ["1", "2", "first", "first"]
    (root / "go").touch()
    wait_until(lambda: set(states(maestro, root).values()) == {"FINISHED"})
    assert sorted((root / "list").read_text().split()) == ["1", "2", "first", "first"]
    wait_until(lambda: holder(there) is None and holder(root) is None)


def test_a_study_that_was_moved_keeps_the_jobs_that_it_has(
    tmp_path: Path, maestro: Maestro
) -> None:
    root, there = tmp_path / "OUT", tmp_path / "NEW"
    write(tmp_path / "study.yaml", STUDY)
    maestro("run", "-y", "-o", root, "study.yaml")
    wait_until(lambda: states(maestro, root)["second_N.1"] == "RUNNING")
    alive = holder(root)
    assert alive is not None
    os.kill(alive.pid, signal.SIGKILL)
    wait_until(lambda: holder(root) is None)
    jobs = {int(str(step["job"])) for step in steps(maestro, root).values() if step["job"]}
    root.rename(there)
    maestro("resume", there)
    wait_until(lambda: holder(there) is not None)
    assert states(maestro, there)["second_N.1"] == "RUNNING"
    assert {step["attempt"] for step in steps(maestro, there).values()} <= {0, 1}
    maestro("cancel", "-y", there)
    wait_until(lambda: holder(there) is None)
    assert "CANCELLED" in states(maestro, there).values()
    assert not any(Path(f"/proc/{job}").exists() for job in jobs)
    assert not root.exists()


RUNNING = """\
description: {name: many, description: many short steps}
study:
  - name: short
    description: short
    run: {cmd: "echo $(N) >> ran; sleep 0.05"}
  - name: long
    description: holds on
    run: {cmd: "echo $(N) >> ran; until [ -e $(SPECROOT)/go ]; do sleep 0.1; done", depends: [short]}
global.parameters:
  N: {range: {start: 1, stop: 40, num: 40}, label: N.%%}
"""


def processes_of(study_id: str) -> list[str]:
    """Live processes whose attempts belong to a study."""
    return [
        environ.parent.name
        for environ in Path("/proc").glob("[0-9]*/environ")
        if f"MAESTRO_TOKEN=m{study_id}".encode() in environment(environ)
    ]


def environment(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended
        return b""


def start_many(tmp_path: Path, maestro: Maestro) -> tuple[Path, int, str]:
    """A study that was just started; its conductor, and its id."""
    root = tmp_path / "OUT"
    write(tmp_path / "study.yaml", RUNNING)
    maestro("run", "-y", "--batch", "local_slots=4", "-o", root, "study.yaml")
    alive = holder(root)
    assert alive is not None
    study_id = str(run_record(root)["study_id"])
    return root, alive.pid, study_id


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def delete(root: Path) -> None:
    """As `rm -rf` does it, again where something came into a folder meanwhile."""
    wait_until(lambda: subprocess.run(["rm", "-rf", root], check=False).returncode == 0)


def instants(count: int) -> list[float]:
    """Seconds after the start of a study that takes about two."""
    draw = random.Random(15)  # noqa: S311 - the same instants each time
    return [draw.uniform(0, 2) for _ in range(count)]


def nothing_is_left(root: Path, conductor: int, study_id: str) -> None:
    wait_until(lambda: not is_running(conductor))
    wait_until(lambda: not processes_of(study_id))
    assert not root.exists()


def deleted_after(pause: float, tmp_path: Path, maestro: Maestro) -> None:
    root, conductor, study_id = start_many(tmp_path, maestro)
    threading.Event().wait(pause)
    delete(root)
    nothing_is_left(root, conductor, study_id)


def moved_after(pause: float, tmp_path: Path, maestro: Maestro) -> None:
    root, conductor, study_id = start_many(tmp_path, maestro)
    there = tmp_path / "NEW"
    threading.Event().wait(pause)
    root.rename(there)
    log = there / "logs/many.log"
    wait_until(lambda: "workspace_moved" in log.read_text())
    (tmp_path / "go").touch()
    nothing_is_left(root, conductor, study_id)
    told = json.loads(maestro("status", "--json", there).stdout)
    assert told["state"] == "STOPPED"
    assert json.loads(log.read_text().splitlines()[-1])["reason"] == f"moved to {there}"
    assert maestro("resume", "-fg", there).returncode == 0
    after = steps(maestro, there)
    assert {step["state"] for step in after.values()} == {"FINISHED"}
    for step in after.values():
        ran = (there / str(step["workspace"]) / "ran").read_text().count("\n")
        assert ran == 1, (step["name"], ran)


@pytest.mark.parametrize("pause", instants(3))
@pytest.mark.parametrize("scene", [deleted_after, moved_after])
def test_a_study_that_leaves_its_place_ends_there(
    scene: Callable[[float, Path, Maestro], None], pause: float, tmp_path: Path, maestro: Maestro
) -> None:
    scene(pause, tmp_path, maestro)


@pytest.mark.slow
@pytest.mark.parametrize("pause", instants(100))
@pytest.mark.parametrize("scene", [deleted_after, moved_after])
def test_a_study_that_leaves_its_place_at_any_instant_ends_there(
    scene: Callable[[float, Path, Maestro], None], pause: float, tmp_path: Path, maestro: Maestro
) -> None:
    scene(pause, tmp_path, maestro)
