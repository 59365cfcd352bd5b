"""The folder in which a study is made.

A fault here would be a study that is replaced though nobody agreed, or made in a surprising place.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from maestro_cli.errors import Declined, StudyError
from maestro_cli.launch.output_folder import (
    InTheWay,
    choose_way,
    folder_name,
    in_the_way,
    output_parent,
    reserve_output,
)
from maestro_spec import Study, load

STUDY = """\
description: {name: "my study/1", description: d}
env: {variables: {BASE: /data, OUTPUT_PATH: %s}}
study:
  - {name: a, description: d, run: {cmd: "true"}}
"""


def study(tmp_path: Path, output: str = "./runs") -> Study:
    file = tmp_path / "study.yaml"
    file.write_text(STUDY % output)
    return load(file)


def test_where_nothing_is_said_it_is_below_output_path(tmp_path: Path) -> None:
    read = study(tmp_path)
    assert folder_name(read) == "my_study1"
    with reserve_output(read, None, replace=False) as stage:
        assert stage.root.parent == tmp_path / "runs"
        assert re.fullmatch(r"my_study1_\d{8}-\d{6}", stage.root.name)
    assert output_parent(study(tmp_path, "$(BASE)/x")) == Path("/data/x")


def test_without_output_path_it_is_here(tmp_path: Path) -> None:
    text = STUDY.replace(", OUTPUT_PATH: %s", "")
    (tmp_path / "study.yaml").write_text(text)
    assert output_parent(load(tmp_path / "study.yaml")) == tmp_path


def test_a_study_in_the_way_is_replaced_only_where_that_was_agreed(
    tmp_path: Path, staged: Path
) -> None:
    read = study(tmp_path)
    with pytest.raises(StudyError, match="holds a study already"):
        reserve_output(read, "OUT", replace=False)
    assert (staged / ".maestro").exists()
    with reserve_output(read, "OUT", replace=True) as stage:
        stage.make_way()
        assert list(staged.iterdir()) == []


def test_what_is_in_the_way_is_told_by_its_steps(tmp_path: Path, failed: Path) -> None:
    there = in_the_way("OUT")
    assert there == InTheWay(failed, 7, 4)
    assert str(there) == "7 steps, 4 finished"
    assert in_the_way("NEW") is None
    assert in_the_way(None) is None
    (failed / ".maestro/journal.msgpack").write_bytes(b"no journal" * 1000)
    assert str(in_the_way("OUT")) == "a study that cannot be read"


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("amend\n", "amend"),
        ("r\n", "replace"),
        ("y\nyes\n\nREPLACE\n", "replace"),  # a plain yes deletes nothing
    ],
)
def test_the_way_is_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    way: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert choose_way(InTheWay(tmp_path, 61, 45), None) == way
    shown = capsys.readouterr().out
    assert f"{tmp_path} holds a study already (61 steps, 45 finished).\n" in shown
    assert shown.count("please answer") == typed.count("\n") - 1


@pytest.mark.parametrize("typed", ["leave\n", "n\n"])
def test_a_no_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(Declined, match="stays as it is"):
        choose_way(InTheWay(tmp_path, 1, 0), None)


def test_answers_in_advance(tmp_path: Path) -> None:
    assert choose_way(InTheWay(tmp_path, 1, 0), True) == "replace"
    with pytest.raises(Declined, match="stays as it is"):
        choose_way(InTheWay(tmp_path, 1, 0), False)


def test_what_cannot_be_read_is_not_amended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("amend\nreplace\n"))
    assert choose_way(InTheWay(tmp_path, None, 0), None) == "replace"
    assert "please answer one of replace, leave" in capsys.readouterr().out


def test_a_new_folder_needs_no_answer(tmp_path: Path) -> None:
    with reserve_output(study(tmp_path), "NEW", replace=False) as stage:
        assert stage.root == tmp_path / "NEW"
