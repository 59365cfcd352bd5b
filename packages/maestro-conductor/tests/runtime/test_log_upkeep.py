"""A log that loses lines without a word, or that complains with each line."""

from __future__ import annotations

import pytest

from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.runtime.log_upkeep import LogUpkeep


@pytest.fixture
def upkeep(shell):
    return LogUpkeep(shell.log_file, shell.context.log)


def test_lines_that_were_lost_are_counted_once_there_is_room_again(upkeep, shell, capsys):
    shell.context.log.event("unpaused")
    shell.disk.room = 0
    upkeep.flush()
    shell.log_file.lost = 7
    upkeep.flush()
    shell.disk.room = None
    upkeep.flush()
    upkeep.flush()
    told = shell.events()
    assert [line["event"] for line in told] == ["unpaused", "log_lines_lost"]
    assert told[1]["count"] == 7
    assert capsys.readouterr().err == ""  # a full disk is told as a pause


def test_a_log_that_can_never_be_written_is_told_once_on_stderr(tmp_path, capsys):
    file = LogFile(tmp_path / "log")
    (tmp_path / "log").mkdir()
    log = StudyLog(file, 0, "study", "")
    upkeep = LogUpkeep(file, log)
    for _ in range(3):
        log.event("unpaused")
        upkeep.flush()
    assert capsys.readouterr().err.count("goes on without its log") == 1


def test_a_log_that_was_moved_away_is_followed(upkeep, shell, tmp_path):
    shell.context.log.event("unpaused")
    upkeep.flush()
    (tmp_path / "study.log").rename(tmp_path / "study.old")
    upkeep.follow()
    shell.context.log.event("study_cancelled")
    upkeep.flush()
    assert shell.names() == ["study_cancelled"]
