"""Studies that were moved, copied or renamed, or are reached by another path: resumed, and cancelled.

Would catch a command that runs in another folder than the one that the user sees, anything that is
written elsewhere, and a copy that touches the study that it was made from.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path

import pytest

from conftest import Maestro
from faults.full_disk import mounted
from local_studies import no_conductor_stays, run_record, steps, write
from maestro_conductor.workspace.conductor_lock import holder
from moved_folders import WAYS, Way, audit, maestro_at
from waiting import wait_until

__all__ = ["no_conductor_stays"]  # fixtures

pytestmark = pytest.mark.once

#: Each step notes the folder that its command names, and the one in which it is. The second waits
#: for `go` in the study's folder, and succeeds if there is `well`.
STUDY = """\
description: {name: wanderer, description: writes by absolute paths}
env:
  variables: {LIST: $(OUTPUT_PATH)/list}
study:
  - name: first
    description: writes
    run: {cmd: "echo $(OUTPUT_PATH) $(pwd -P) >> $(LIST); echo $(N) > $(WORKSPACE)/value"}
  - name: second
    description: reads, once it may
    run:
      cmd: |
        echo $(OUTPUT_PATH) $(pwd -P) >> $(LIST)
        until [ -e $(OUTPUT_PATH)/go ]; do sleep 0.1; done
        cat $(first.workspace)/value >> $(OUTPUT_PATH)/values
        test -e $(OUTPUT_PATH)/well
      depends: [first]
global.parameters:
  N: {values: [1, 2], label: N.%%}
"""


def states(maestro: Maestro, root: Path) -> dict[str, object]:
    return {name: step["state"] for name, step in steps(maestro, root).items()}


def started(maestro: Maestro, root: Path) -> None:
    """A study whose second step runs."""
    maestro("run", "-y", "-o", root, "study.yaml")
    wait_until(lambda: list(states(maestro, root).values()).count("RUNNING") == 2)


def finished(maestro: Maestro, root: Path) -> None:
    maestro("run", "-n", "-o", root, "study.yaml")
    (root / "go").touch()
    (root / "well").touch()
    assert maestro("resume", "-fg", root).returncode == 0


def failed(maestro: Maestro, root: Path) -> None:
    maestro("run", "-n", "-o", root, "study.yaml")
    (root / "go").touch()
    assert maestro("resume", "-fg", root).returncode == 2


def cancelled(maestro: Maestro, root: Path) -> None:
    started(maestro, root)
    maestro("cancel", "-y", root)
    wait_until(lambda: holder(root) is None)
    assert "CANCELLED" in states(maestro, root).values()


def running(maestro: Maestro, root: Path) -> None:
    """Its conductor was killed, and its steps run on."""
    started(maestro, root)
    alive = holder(root)
    assert alive is not None
    os.kill(alive.pid, signal.SIGKILL)
    wait_until(lambda: holder(root) is None)


STATES = {each.__name__: each for each in (finished, failed, cancelled, running)}


def jobs_of(root: Path) -> set[int]:
    """The sessions of a study's live scripts, by the paths of their attempt files."""
    mark = f"\0MAESTRO_ATTEMPT={root}/".encode()
    found = set()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended
            if mark in b"\0" + environ.read_bytes():
                found.add(os.getsid(int(environ.parent.name)))
    return found


def wandered(state: str, way: Way, tmp_path: Path, maestro: Maestro) -> None:
    """Take a study in a state to another path, resume it there, and cancel it there."""
    if way.away:
        with mounted(tmp_path / "elsewhere", "size=64m") as disk:
            goes_on(state, way, tmp_path, disk, maestro)
    else:
        (tmp_path / "elsewhere").mkdir()
        goes_on(state, way, tmp_path, tmp_path / "elsewhere", maestro)


def goes_on(state: str, way: Way, tmp_path: Path, elsewhere: Path, maestro: Maestro) -> None:
    """Take a study to another folder, which is there."""
    root, there = tmp_path / "OUT", elsewhere / "NEW"
    write(tmp_path / "study.yaml", STUDY)
    STATES[state](maestro, root)
    jobs = jobs_of(root)
    way.go(root, there)
    seen = root if way.same else there
    noted = len((seen / "list").read_text().split("\n"))
    # What changes while the study runs where the user sees it, and by the user's own hand.
    own = {there, root} if way.same else {there}
    before = audit(tmp_path, own | {tmp_path / "home"})

    def at(*arguments: object) -> int:
        return maestro_at(way, root, there, *arguments).returncode

    if state == "running" and not (way.copies or way.same):
        at("cancel", "-y", there)  # they know the old path alone, and wait there for ever
        wait_until(lambda: holder(there) is None and not jobs_of(root))
    (seen / "go").touch()
    (seen / "well").touch()
    again = ["--step", "second"] if state == "finished" else []
    assert at("resume", "-fg", there, *again) == 0
    assert set(states(maestro, seen).values()) == {"FINISHED"}

    (seen / "go").unlink()
    assert at("resume", there, "--step", "second") == 0
    wait_until(lambda: list(states(maestro, seen).values()).count("RUNNING") == 2)
    if way.copies:
        assert jobs_of(root) == jobs
    assert jobs_of(there)
    at("cancel", "-y", there)
    wait_until(lambda: holder(seen) is None and not jobs_of(there))
    assert list(states(maestro, seen).values()).count("CANCELLED") == 2

    notes = (seen / "list").read_text().split("\n")[noted - 1 : -1]
    assert notes
    for note in notes:
        named, physical = note.split()
        assert named == str(there)
        assert physical.startswith(f"{os.path.realpath(there)}/")
    assert audit(tmp_path, own | {tmp_path / "home"}) == before
    if way.copies:
        assert jobs_of(root) == jobs
        own_id = run_record(root)["study_id"]
        assert own_id == run_record(there)["study_id"]
    if state == "running" and way.copies:
        (root / "go").touch()
        (root / "well").touch()
        assert maestro("resume", "-fg", root).returncode == 0
        assert {step["attempt"] for step in steps(maestro, root).values()} == {1}


#: Each way, and each state, at least once.
SOME = [*zip([*STATES, *STATES][:7], WAYS, strict=True), ("running", "cp -a")]


@pytest.mark.parametrize(("state", "way"), SOME)
def test_a_study_goes_on_where_the_user_sees_it(
    state: str, way: str, tmp_path: Path, maestro: Maestro
) -> None:
    wandered(state, WAYS[way], tmp_path, maestro)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", STATES)
def test_a_study_in_any_state_goes_on_where_the_user_sees_it(
    state: str, way: str, tmp_path: Path, maestro: Maestro
) -> None:
    wandered(state, WAYS[way], tmp_path, maestro)


@pytest.mark.parametrize("way", ["cp -a", "rsync", "tar"])
def test_a_copy_of_a_study_that_is_being_run_has_its_own_jobs(
    way: str, tmp_path: Path, maestro: Maestro
) -> None:
    root, there = tmp_path / "OUT", tmp_path / "COPY"
    write(tmp_path / "study.yaml", STUDY)
    started(maestro, root)
    WAYS[way].go(root, there)
    assert holder(there) is None
    for made in (root, there):
        (made / "well").touch()
    maestro("resume", there)
    wait_until(lambda: states(maestro, there)["second_N.1"] == "RUNNING")
    (there / "go").touch()
    wait_until(lambda: set(states(maestro, there).values()) == {"FINISHED"})
    assert set(states(maestro, root).values()) == {"FINISHED", "RUNNING"}
    assert not (root / "values").exists()
    assert sorted((there / "values").read_text().split()) == ["1", "2"]
    (root / "go").touch()
    wait_until(lambda: set(states(maestro, root).values()) == {"FINISHED"})
    assert sorted((root / "values").read_text().split()) == ["1", "2"]
    wait_until(lambda: holder(there) is None and holder(root) is None)


def test_a_copy_is_known_though_the_original_has_moved_away(
    tmp_path: Path, maestro: Maestro
) -> None:
    root, there, moved = tmp_path / "OUT", tmp_path / "COPY", tmp_path / "MOVED"
    write(tmp_path / "study.yaml", STUDY)
    running(maestro, root)
    jobs = jobs_of(root)
    WAYS["cp -a"].go(root, there)
    root.rename(moved)
    maestro("resume", there)
    wait_until(lambda: len(jobs_of(there)) == 2)
    maestro("cancel", "-y", there)
    wait_until(lambda: holder(there) is None and not jobs_of(there))
    assert jobs_of(root) == jobs
    maestro("cancel", "-y", moved)
    wait_until(lambda: holder(moved) is None and not jobs_of(root))


def test_a_step_whose_folder_is_deleted_gets_it_again_and_is_lost_if_it_ran(
    tmp_path: Path, maestro: Maestro
) -> None:
    root = tmp_path / "OUT"
    write(tmp_path / "study.yaml", STUDY)
    maestro("run", "-y", "--batch", "local_slots=1", "-o", root, "study.yaml")
    wait_until(lambda: "RUNNING" in [states(maestro, root)[f"second_N.{n}"] for n in (1, 2)])
    wait_until(lambda: len(list((root / "second").glob("*/*.sh"))) == 2)
    shutil.rmtree(root / "second")
    (root / "well").touch()
    (root / "go").touch()
    wait_until(lambda: holder(root) is None)
    assert set(states(maestro, root).values()) == {"FINISHED"}
    assert "its folder was deleted while it ran" in (root / "logs/wanderer.log").read_text()
    # The one that ran has run twice, the one that waited once.
    assert len((root / "list").read_text().splitlines()) == 2 + 3
    assert len(list((root / "second").glob("*/.attempt.*"))) >= 2
