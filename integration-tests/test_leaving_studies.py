"""Studies whose folder is deleted or moved at a random instant, while they run.

Would catch a step that starts afterwards, a folder that is made again, and a process that stays.
"""

from __future__ import annotations

import json
import random
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
