"""How a study is made and checked from Python.

Would catch an option that does not arrive, a study that is replaced unasked, and a bad study file that makes
a folder.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import maestro
from maestro_conductor.workspace.run_file import read_run_record


def test_options_arrive(study_file: Path, tmp_path: Path) -> None:
    study = maestro.run(
        study_file,
        out=tmp_path / "OUT",
        variables={"STEPS": 5},
        batch={"shell": "/bin/sh"},
        throttle=3,
        rlimit=4,
        attempts=2,
        sleep=7.5,
        start=False,
    )
    record = read_run_record(study.folder)
    assert (record["throttle"], record["rlimit"], record["attempts"]) == (3, 4, 2)
    assert (record["sleep"], record["dry"]) == (7.5, False)
    assert (record["variables"], record["batch"]) == ({"STEPS": "5"}, {"shell": "/bin/sh"})
    assert study.state == "STAGED"


def test_a_study_that_is_there_is_not_replaced_unasked(study_file: Path) -> None:
    first = maestro.run(study_file, out="OUT", start=False)
    (first.folder / "mine").touch()
    with pytest.raises(maestro.StudyError, match="holds a study already"):
        maestro.run(study_file, out="OUT")
    assert (first.folder / "mine").exists()
    maestro.run(study_file, out="OUT", start=False, replace=True)
    assert not (first.folder / "mine").exists()


def test_without_a_name_each_study_has_a_folder_of_its_own(
    study_file: Path, tmp_path: Path
) -> None:
    made = [maestro.run(study_file, start=False) for _ in range(2)]
    assert made[0] != made[1]
    assert {each.folder.parent for each in made} == {tmp_path}


def test_a_dry_run_only_writes_scripts(study_file: Path) -> None:
    study = maestro.run(study_file, out="OUT", dry=True)
    assert study.wait(timeout=120).state == "DRYRUN"
    assert (study.folder / "make/N.1/make_N.1.sh").exists()


def test_a_bad_study_file_says_what_is_wrong_and_makes_nothing(
    study_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert maestro.check(study_file) == []
    text = study_file.read_text(encoding="utf-8")
    study_file.write_text(text.replace("depends: [make]", "depends: [mke]"), encoding="utf-8")
    problems = maestro.check(study_file)
    problem = next(each for each in problems if each.severity == "error")
    assert (problem.severity, problem.file) == ("error", str(study_file))
    assert str(problem).startswith(f"{study_file}:{problem.line}:")
    with pytest.raises(maestro.StudyFileError) as caught:
        maestro.run(study_file, out="OUT")
    assert list(caught.value.problems) == problems
    with pytest.raises(maestro.StudyFileError):
        maestro.run(study_file, out="OUT", variables={"NONE": 1})
    with pytest.raises(maestro.UsageError, match="pgen"):
        maestro.run(study_file, out="OUT", pargs={"N": 1})
    assert not (tmp_path / "OUT").exists()
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(maestro.StudyFileError, match="cannot be read"):
        maestro.check("nowhere.yaml")
