"""From a study file to a workspace.

A fault here would be a workspace that lacks a file, or holds other values than were asked for.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from attrs import evolve

from maestro_cli.errors import StudyError
from maestro_cli.launch import staging
from maestro_cli.launch.order import Order
from maestro_cli.launch.pipeline import build, read_study
from maestro_cli.study.workspace_view import open_study
from maestro_conductor.workspace.run_file import read_run

STUDY = """\
description: {name: s, description: d}
env: {variables: {SIZE: 1}}
study:
  - {name: a, description: d, run: {cmd: "echo $(SIZE)"}}
"""
PGEN = """\
from maestrowf.datastructures.core import ParameterGenerator

def get_custom_generator(env, **kwargs):
    generator = ParameterGenerator()
    generator.add_parameter("SIZE", list(range(int(kwargs["N"]))), "SIZE.%%")
    return generator
"""


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "study.yaml").write_text(STUDY)
    return Order(
        study_file="study.yaml",
        variables={"SIZE": "7"},
        batch={},
        pgen=None,
        pargs={},
        hashws=False,
        shared=False,
        usetmp=False,
        dry=True,
        throttle=4,
        rlimit=1,
        attempts=1,
        sleep=60,
    )


def make(order: Order) -> Path:
    study, _ = read_study(order)
    with staging.reserve(Path("OUT")) as stage:
        build(order, study, stage)
        stage.publish()
    return stage.root


def test_a_workspace_has_all_that_a_conductor_needs(order: Order) -> None:
    root = make(order)
    assert open_study(root).total == 1
    assert read_run(root).settings.throttle == 4
    assert read_run(root).dry
    assert (root / "study.yaml").read_text() == STUDY
    assert "type: local" in (root / "batch.info").read_text()
    assert b"echo 7" in (root / ".maestro/graph.msgpack").read_bytes()


def test_parameters_of_a_generator_file(order: Order, tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY.replace("env: {variables: {SIZE: 1}}\n", ""))
    (tmp_path / "gen.py").write_text(PGEN)
    root = make(evolve(order, pgen="gen.py", pargs={"N": "3"}, variables={}))
    assert open_study(root).total == 3
    assert (root / "gen.py").read_text() == PGEN


def test_a_study_file_of_a_taken_name_is_refused(order: Order, tmp_path: Path) -> None:
    (tmp_path / "study.yaml").rename(tmp_path / "batch.yaml")
    (tmp_path / "meta").symlink_to("batch.yaml")
    with pytest.raises(StudyError, match="the name meta is taken there"):
        make(evolve(order, study_file="meta"))
    assert not (tmp_path / "OUT").exists()


def test_warnings_are_returned_once(order: Order, tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY + "nonsense: 1\n")
    study, warnings = read_study(evolve(order, quiet=True))
    assert len(warnings) == 1
    with staging.reserve(Path("OUT")) as stage:
        assert build(evolve(order, quiet=True), study, stage)[1] == []


def test_a_write_that_fails_is_told_with_its_place(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system says of an open file has no name in it."""

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    study, _ = read_study(order)
    with staging.reserve(Path("OUT")) as stage:
        monkeypatch.setattr("os.fsync", no_room)
        with pytest.raises(OSError, match="No space left on device") as told:
            build(order, study, stage)
        assert told.value.filename == str(stage.folder)
