"""Where the output of a step is, and its last lines.

A fault here would be the log of another step, or of an earlier attempt, shown as this one's.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maestro_cli.study.instances import Instance
from maestro_cli.study.step_logs import error_log, last_lines, left_behind, logs_of
from maestro_cli.study.workspace_view import StudyView, open_study


@pytest.fixture
def made(failed: Path) -> tuple[StudyView, Instance, Path]:
    study = open_study(failed)
    return study, study.instances([1])[0], failed / "make/N.2"


def test_the_latest_attempt_s_logs_come_last(made: tuple[StudyView, Instance, Path]) -> None:
    study, instance, folder = made
    for name in ("make_N.2.900.out", "make_N.2.900.err", "other.1001.out", "make_N.2.1001.log"):
        (folder / name).touch()
        os.utime(folder / name, (2e9, 2e9))  # newer, as a copy would be
    names = [path.name for path in logs_of(study, instance)]
    assert set(names[:2]) == {"make_N.2.900.out", "make_N.2.900.err"}
    assert names[2:] == ["make_N.2.1001.out", "make_N.2.1001.err"]
    assert error_log(study, instance) == folder / "make_N.2.1001.err"


def test_no_log_is_looked_for_outside_of_the_workspace(
    made: tuple[StudyView, Instance, Path], tmp_path: Path
) -> None:
    study, instance, folder = made
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert logs_of(study, instance) == []
    assert left_behind(study, instance) is None


def test_where_there_is_no_error_log_the_output_tells(
    made: tuple[StudyView, Instance, Path],
) -> None:
    study, instance, folder = made
    (folder / "make_N.2.1001.err").unlink()
    assert error_log(study, instance) == folder / "make_N.2.1001.out"
    (folder / "make_N.2.1001.out").unlink()
    assert error_log(study, instance) is None


def test_a_job_whose_number_is_part_of_another_s_is_another(
    made: tuple[StudyView, Instance, Path],
) -> None:
    study, instance, folder = made
    (folder / "make_N.2.11001.err").touch()
    assert error_log(study, instance) == folder / "make_N.2.1001.err"


@pytest.mark.parametrize(
    ("content", "number", "lines"),
    [
        (b"a\nb\nc\n", 2, ["b", "c"]),
        (b"a\nb", 5, ["a", "b"]),
        (b"a\n", 0, []),
        (b"", 3, []),
        (b"\xff\n", 1, ["\udcff"]),
        (b"x" * 100_000 + b"\nend\n", 1, ["end"]),
    ],
    ids=range(6),
)
def test_last_lines(tmp_path: Path, content: bytes, number: int, lines: list[str]) -> None:
    (tmp_path / "log").write_bytes(content)
    assert last_lines(tmp_path / "log", number) == lines
    assert last_lines(tmp_path / "none") == []


def test_what_was_left_in_the_background(made: tuple[StudyView, Instance, Path]) -> None:
    study, instance, folder = made
    assert left_behind(study, instance) is None
    file = folder / ".attempt.1"
    file.write_bytes(b"start x\ncommand at=1 code=0 left=sleep:42,a:b:7\n")
    assert left_behind(study, instance) == "sleep (42), a:b (7)"
    file.write_bytes(b"start x\ncommand at=1 code=0\n")
    assert left_behind(study, instance) is None
