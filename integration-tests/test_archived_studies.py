"""Studies that are packed, unpacked elsewhere, and go on there: with the real command and local steps.

A fault here would be a study that runs what has finished again, or cannot go on, where it was unpacked.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

import debian
from conftest import Maestro
from local_studies import PATIENT, no_conductor_stays, steps, write
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

__all__ = ["no_conductor_stays"]  # a fixture

pytestmark = pytest.mark.once

#: Its second instance fails until `fixed` lies beside the workspace.
STUDY = """\
description: {name: chain, description: goes on elsewhere}
study:
  - name: make
    description: makes
    run: {cmd: "echo $(N) > made.txt; ln -s $(WORKSPACE)/made.txt link; test $(N) != 2 || test -e $(OUTPUT_PATH)/../fixed"}
  - name: all
    description: of everything
    run: {cmd: "cat $(make.workspace)/*/link > all.txt", depends: [make_*]}
global.parameters:
  N: {values: [1, 2, 3], label: N.%%}
"""


def unpack(file: Path, place: Path) -> Path:
    place.mkdir()
    subprocess.run(["tar", "xf", file, "-C", place], check=True)
    (folder,) = place.iterdir()
    return folder


@pytest.mark.parametrize("original", ["there", "deleted"])
def test_an_archived_study_is_resumed_and_amended_elsewhere(
    original: str, tmp_path: Path, maestro: Maestro
) -> None:
    debian.need("zstd", "zstd")
    write(tmp_path / "chain.yaml", STUDY)
    assert maestro("run", "-fg", "-y", "-o", "OUT", "chain.yaml").returncode == 2
    packed = maestro("archive", "--json", "OUT", "-o", "OUT.tar.zst")
    assert packed.returncode == 0, packed.stderr
    assert json.loads(packed.stdout)["outside"] == []
    before = steps(maestro, tmp_path / "OUT")
    if original == "deleted":
        shutil.rmtree(tmp_path / "OUT")
    there = unpack(tmp_path / "OUT.tar.zst", tmp_path / "place")
    assert steps(maestro, there) == before
    assert not (there / "meta/environment.yaml").exists()
    (tmp_path / "place/fixed").touch()
    done = maestro("resume", "-fg", there)
    assert done.returncode == 0, done.stdout + done.stderr
    after = steps(maestro, there)
    assert {name: after[name]["attempt"] for name in after} == {
        "make_N.1": 1,
        "make_N.2": 2,
        "make_N.3": 1,
        "all": 1,
    }
    # Links that a step made with the absolute path of the study lead to where it is now.
    assert (there / "all/all.txt").read_text() == "1\n2\n3\n"
    study = there / "chain.yaml"
    study.write_text(study.read_text().replace("[1, 2, 3]", "[1, 2, 3, 4]"))
    amended = maestro("amend", "--json", "-y", there)
    assert amended.returncode == 0, amended.stderr
    plan = json.loads(amended.stdout)
    assert ([each["name"] for each in plan["new"]], plan["kept"]) == (["make_N.4"], 3)
    assert maestro("resume", "-fg", there).returncode == 0
    assert (there / "all/all.txt").read_text() == "1\n2\n3\n4\n"
    if original == "there":
        assert steps(maestro, tmp_path / "OUT") == before


def test_a_study_that_runs_is_unpacked_as_a_copy(tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "patient.yaml", PATIENT)
    assert maestro("run", "-y", "-o", "OUT", "patient.yaml").returncode == 0
    root = tmp_path / "OUT"
    wait_until(lambda: any(each["state"] == "RUNNING" for each in steps(maestro, root).values()))
    assert maestro("archive", root, "-o", "x.tar.gz").returncode == 1
    assert maestro("archive", root, "-o", "x.tar.gz", "--running").returncode == 0
    there = unpack(tmp_path / "x.tar.gz", tmp_path / "place")
    (tmp_path / "go").touch()
    wait_until(lambda: not holder(root))
    done = maestro("resume", "-fg", there)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {each["state"] for each in steps(maestro, there).values()} == {"FINISHED"}
    assert {each["state"] for each in steps(maestro, root).values()} == {"FINISHED"}


def test_a_killed_archive_leaves_no_archive(tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "chain.yaml", STUDY)
    maestro("run", "-fg", "-y", "-o", "OUT", "chain.yaml")
    with (tmp_path / "OUT/make/N.1/big").open("wb") as file:
        for _ in range(64):
            file.write(os.urandom(1 << 20))
    command = ["maestro", "archive", "OUT", "-o", "x.tar.gz"]
    process = subprocess.Popen(command, cwd=tmp_path)
    try:
        wait_until(lambda: any(tmp_path.glob(".x.tar.gz.*.tmp")))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (tmp_path / "x.tar.gz").exists()
    (tmp_path / "OUT/make/N.1/big").unlink()
    assert maestro("archive", "OUT", "-o", "x.tar.gz").returncode == 0
    assert not list(tmp_path.glob(".x.tar.gz.*.tmp"))
