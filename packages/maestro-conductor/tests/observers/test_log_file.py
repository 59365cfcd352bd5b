"""Would catch a line that a rotation or a full disk loses, tears or doubles."""

from __future__ import annotations

import errno
import json
import logging
import os

import pytest

from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.observers.log_writer import StudyLog


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_rotation_by_rename_is_followed(log):
    study, file = log
    study.event("unpaused")
    file.flush()
    file.path.rename(file.path.with_suffix(".1"))
    study.event("unpaused")
    file.flush()  # before it was noticed: this goes to the old one
    file.reopen_if_moved()
    study.event("study_cancelled")
    file.flush()
    assert len(lines(file.path.with_suffix(".1"))) == 2
    assert [line["event"] for line in lines(file.path)] == ["study_cancelled"]


def test_a_truncation_leaves_no_hole(log):
    study, file = log
    study.event("unpaused")
    file.flush()
    os.truncate(file.path, 0)
    study.event("study_cancelled")
    file.flush()
    assert [line["event"] for line in lines(file.path)] == ["study_cancelled"]


def test_a_torn_last_line_spoils_no_other(tmp_path):
    path = tmp_path / "study.log"
    path.write_text('{"timestamp":"2026-')
    file = LogFile(path)
    StudyLog(file, logging.INFO, "s", "/w").event("unpaused")
    file.close()
    assert json.loads(path.read_text().splitlines()[1])["event"] == "unpaused"


def test_lines_wait_while_the_disk_is_full(small):
    study, file, disk = small
    disk.room = 0
    study.event("paused", reason="full")
    assert not file.flush()
    disk.room = None
    study.event("unpaused")
    assert file.flush()
    assert [line["event"] for line in lines(file.path)] == ["paused", "unpaused"]


def test_many_lines_at_once_are_not_lost(log):
    study, file = log
    for number in range(20_000):
        study.event("step_cancelled", instance=f"s_{number}", state="CANCELLED")
    assert file.flush()
    assert file.lost == 0
    assert len(lines(file.path)) == 20_000


def test_half_a_line_is_taken_back(small):
    study, file, disk = small
    disk.room = 500
    for _ in range(9):
        study.event("unpaused")
    assert not file.flush()
    whole = lines(file.path)
    assert 0 < len(whole) < 9
    disk.room = 10_000
    assert file.flush()
    assert len(lines(file.path)) == 9


@pytest.mark.parametrize("room", [0, 1, 20])
def test_less_room_than_a_line_is_waited_for(small, room):
    study, file, disk = small
    study.event("unpaused")
    assert file.flush()
    disk.room = room
    study.event("study_cancelled")
    for _ in range(3):
        assert not file.flush()
        assert file.trouble.errno == errno.ENOSPC
        assert [line["event"] for line in lines(file.path)] == ["unpaused"]
        assert disk.room == room
    disk.room = None
    assert file.flush()
    assert [line["event"] for line in lines(file.path)] == ["unpaused", "study_cancelled"]


@pytest.mark.parametrize("link", ["logs", "logs/study.log"])
def test_a_log_of_the_workspace_stays_in_it(tmp_path, link):
    root = tmp_path / "w"
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(tmp_path / "elsewhere")
    file = LogFile(root / "logs/study.log", root=root)
    file.msg("{}")
    assert not file.flush()
    assert "out of the workspace" in str(file.trouble)
    assert not (tmp_path / "elsewhere").exists()
    (root / link).unlink()
    assert file.flush()


def test_a_log_of_the_users_own_may_be_a_link(tmp_path):
    (tmp_path / "log").symlink_to(tmp_path / "elsewhere")
    file = LogFile(tmp_path / "log")
    file.msg("{}")
    file.close()
    assert (tmp_path / "elsewhere").read_text() == "{}\n"
