"""The folder in which a study is made.

A fault here would be a study that is replaced though nobody agreed, or made in a surprising place.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from maestro_cli.errors import Declined
from maestro_cli.launch.output_folder import folder_name, output_parent, reserve_output
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


def never(question: str) -> bool:
    raise AssertionError(question)


def test_where_nothing_is_said_it_is_below_output_path(tmp_path: Path) -> None:
    read = study(tmp_path)
    assert folder_name(read) == "my_study1"
    with reserve_output(read, None, agree=never) as stage:
        assert stage.root.parent == tmp_path / "runs"
        assert re.fullmatch(r"my_study1_\d{8}-\d{6}", stage.root.name)
    assert output_parent(study(tmp_path, "$(BASE)/x")) == Path("/data/x")


def test_without_output_path_it_is_here(tmp_path: Path) -> None:
    text = STUDY.replace(", OUTPUT_PATH: %s", "")
    (tmp_path / "study.yaml").write_text(text)
    assert output_parent(load(tmp_path / "study.yaml")) == tmp_path


def test_a_study_in_the_way_is_replaced_only_where_somebody_agrees(
    tmp_path: Path, staged: Path
) -> None:
    asked: list[str] = []

    def answer(word: bool, question: str) -> bool:
        asked.append(question)
        return word

    read = study(tmp_path)
    with pytest.raises(Declined, match="stays as it is"):
        reserve_output(read, "OUT", agree=lambda question: answer(False, question))
    assert (staged / ".maestro").exists()
    with reserve_output(read, "OUT", agree=lambda question: answer(True, question)) as stage:
        stage.make_way()
        assert list(staged.iterdir()) == []
    assert (
        asked == [f"{staged} holds a study already. Delete it, and make this one in its place?"] * 2
    )


def test_a_new_folder_needs_no_answer(tmp_path: Path) -> None:
    with reserve_output(study(tmp_path), "NEW", agree=never) as stage:
        assert stage.root == tmp_path / "NEW"
