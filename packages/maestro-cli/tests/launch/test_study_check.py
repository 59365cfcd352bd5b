"""Studies that could not be run are refused before a folder is made.

A fault here would be a study that is started with an error in it, or refused without a word why.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.errors import StudyError
from maestro_cli.launch.study_check import (
    BadStudyError,
    check_study,
    refuse_reading,
    require_adapter,
)
from maestro_spec import load
from maestro_spec.loading import read

STUDY = """\
description:
  name: s
  description: d
study:
  - name: make
    description: m
    run:
      cmd: echo hi
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    return path


def test_warnings_are_shown_and_returned(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(STUDY.replace("echo hi", "echo $(NOWHERE)"))
    study = load(file)
    for quiet in (True, False):
        (warning,) = check_study(study, str(file), quiet=quiet)
        assert warning.severity == "warning"
        assert ("$(NOWHERE)" in capsys.readouterr().err) is not quiet


def test_errors_are_shown_and_raised(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(STUDY + "      depends: [absent]\n")
    reading = read(file)
    assert reading.study is not None
    with pytest.raises(BadStudyError, match="nothing was done") as caught:
        check_study(reading.study, "x.yaml")
    assert "absent" in capsys.readouterr().err
    assert caught.value.hint.startswith("maestro-spec explain ")
    assert any("absent" in str(detail) for detail in caught.value.details)


def test_only_the_first_of_very_many_are_shown(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = ", ".join(f"absent{number}" for number in range(30))
    file.write_text(STUDY + f"      depends: [{absent}]\n")
    error = refuse_reading(read(file), "x.yaml")
    assert "30 errors" in error.message
    assert "… and 10 more: maestro validate x.yaml" in capsys.readouterr().err


def test_parameters_of_a_generator_file_are_known_names(file: Path) -> None:
    file.write_text(STUDY.replace("echo hi", "echo $(SIZE)"))
    study = load(file)
    said = [str(each) for each in check_study(study, "x", quiet=True)]
    assert any("SIZE" in each for each in said)
    assert check_study(study, "x", parameters=["SIZE"], quiet=True) == []


def test_adapters_that_come_along_are_there() -> None:
    for name in ("local", "slurm", "lsf", "flux"):
        require_adapter(name)
    with pytest.raises(StudyError, match="no adapter 'slrum'") as caught:
        require_adapter("slrum")
    assert "did you mean slurm?" in caught.value.hint


@pytest.mark.parametrize("how", ["option", "study", "dry"])
def test_an_adapter_that_there_is_not_is_told_before_a_folder_is_made(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(STUDY + ("batch: {type: slrum}\n" if how == "study" else ""))
    options = {
        "option": ["--adapter", "slrum"],
        "study": [],
        "dry": ["--dry", "--adapter", "slrum"],
    }
    out = tmp_path / "out"
    assert app.main(["run", "-y", *options[how], "-o", str(out), str(study)]) == 1
    shown = capsys.readouterr()
    assert "no adapter 'slrum' is installed; nothing was done" in shown.err
    assert "did you mean slurm? there are flux, local, lsf, slurm" in shown.err
    assert "launched" not in shown.out + shown.err
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]
