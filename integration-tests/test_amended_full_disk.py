"""A disk without room while a study is amended: at whichever write, the study is the old one or the new one.

Would catch a traceback, a study that is half amended, and one that does not go on once there is room. The
full form (`slow`) fails at each of the writes.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

import debian
from faults.amended_study import ask, bring_to_its_end, edit, is_new, run, write_study
from faults.crash_tools import conductor
from faults.failing_calls import build
from faults.full_disk import fill, mounted
from local_studies import listing

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    debian.need("cc", "gcc")
    return build(tmp_path_factory.mktemp("failing"))


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that has ended, and was edited."""
    folder = tmp_path_factory.mktemp("ended")
    study = write_study(folder, 0)
    assert run("run", "-fg", "-y", "-o", folder / "OUT", study).returncode == 0
    edit(study)
    return folder


@pytest.fixture(scope="module")
def asked(ended: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, and its amendment waits for a conductor."""
    folder = tmp_path_factory.mktemp("asked") / "folder"
    shutil.copytree(ended, folder)
    ask(folder / "OUT", folder / "study.yaml")
    return folder


def failing(library: Path, root: Path, who: str, first: int, count: int) -> dict[str, str]:
    """For a program whose writes below a folder fail, from one on."""
    return {
        "LD_PRELOAD": str(library),
        "FAIL_UNDER": f"{root}/",
        "FAIL_WHO": who,
        "FAIL_CALL": "room",
        "FAIL_FIRST": str(first),
        "FAIL_COUNT": str(count),
        "FAIL_ERRNO": str(errno.ENOSPC),
        "FAIL_TOLD": str(root.parent / "failed"),
    }


def check_told(text: str) -> None:
    """That it is one message, with what to do in a line below it."""
    assert text.startswith(("maestro: ", "conductor: "))
    assert "No space left on device" in text
    assert len(text.splitlines()) <= 2, text


def without_room(folder: Path, environment: dict[str, str] | None = None) -> str:
    """Amend a study that has ended, while there is no room; tells what came of it."""
    root = folder / "OUT"
    before = set(listing(root))
    done = run("amend", "-y", root, folder / "study.yaml", environment=environment)
    new = is_new(root)
    if done.returncode == 0:
        assert new
        return "amended"
    assert done.returncode == 1
    check_told(done.stderr)
    if new:
        assert "is amended" in done.stderr
        return "amended, and told what is left to do"
    if "not amended yet" in done.stderr:
        return "asked for"
    assert "stays as it is" in done.stderr or "goes on as before" in done.stderr
    left = set(listing(root)) - before
    assert left <= {".maestro/amendments", ".maestro/requests"}
    return "as it was"


def each_write(library: Path, ended: Path, tmp_path: Path, step: int) -> Counter[str]:
    """Let each write of `maestro amend`, or some of them, be the first one without room."""
    found: Counter[str] = Counter()
    first, failed = 1, True
    while failed:
        folder = tmp_path / str(first)
        shutil.copytree(ended, folder)
        found[without_room(folder, failing(library, folder / "OUT", "maestro", first, 10**6))] += 1
        failed = (folder / "failed").exists()
        bring_to_its_end(folder / "OUT", folder / "study.yaml")
        shutil.rmtree(folder)
        first += step
    print(dict(found))
    return found


def test_no_room_at_some_writes_of_an_amendment(library: Path, ended: Path, tmp_path: Path) -> None:
    assert len(each_write(library, ended, tmp_path, 21)) >= 3


@pytest.mark.slow
def test_no_room_at_any_write_of_an_amendment(
    library: Path, ended: Path, tmp_path: Path, long_test: None
) -> None:
    assert each_write(library, ended, tmp_path, 1)["as it was"] > 20


def each_write_of_a_conductor(
    library: Path, asked: Path, tmp_path: Path, step: int
) -> Counter[str]:
    """Let each write of a conductor that takes an amendment in fail, or some; later there is room."""
    found: Counter[str] = Counter()
    first = 1
    while True:
        folder = tmp_path / str(first)
        root = folder / "OUT"
        shutil.copytree(asked, folder)
        environment = failing(library, root, "conductor", first, 4)
        done = subprocess.run(
            conductor(root),
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode:
            assert done.returncode == 1
            check_told(done.stderr)
        else:
            assert is_new(root)
        found["ended, and said why" if done.returncode else "went on"] += 1
        failed = (folder / "failed").exists()
        bring_to_its_end(root, folder / "study.yaml")
        shutil.rmtree(folder)
        if not failed:
            print(dict(found))
            return found
        first += step


def test_no_room_at_some_writes_of_a_conductor_that_amends(
    library: Path, asked: Path, tmp_path: Path
) -> None:
    assert each_write_of_a_conductor(library, asked, tmp_path, 33)["went on"]


@pytest.mark.slow
def test_no_room_at_any_write_of_a_conductor_that_amends(
    library: Path, asked: Path, tmp_path: Path, long_test: None
) -> None:
    assert each_write_of_a_conductor(library, asked, tmp_path, 1)["went on"] > 50


@pytest.mark.parametrize(
    "pages", [[3, 15], pytest.param(range(60), marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_a_disk_that_is_really_full(ended: Path, tmp_path: Path, pages: Iterable[int]) -> None:
    """With room for so many pages of 4096 bytes."""
    found: Counter[str] = Counter()
    for left in pages:
        with mounted(tmp_path / str(left), "size=2m") as disk:
            folder = disk / "folder"
            shutil.copytree(ended, folder)
            fill(disk)
            os.truncate(disk / "ballast", (disk / "ballast").stat().st_size - 4096 * left)
            found[without_room(folder)] += 1
            (disk / "ballast").unlink()
            bring_to_its_end(folder / "OUT", folder / "study.yaml")
    print(dict(found))
    assert found["as it was"]
