"""Would catch a line that does not parse, an event that is not in the list, or one that a rotation loses."""

from __future__ import annotations

import errno
import json
import logging
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest
import structlog

from maestro_conductor.observers.log_events import EVENTS, FIELDS, page, schema
from maestro_conductor.observers.log_writer import LogFile, StudyLog
from maestro_conductor.testing import SmallDisk, StepPlan, make_workspace


@pytest.fixture
def log(tmp_path):
    file = LogFile(tmp_path / "logs/study.log")
    yield StudyLog(file, logging.INFO, "a study", "/w"), file
    file.close()


@pytest.fixture
def small(tmp_path):
    """A log on a disk of its own."""
    disk = SmallDisk()
    file = LogFile(tmp_path / "logs/study.log", disk=disk)
    yield StudyLog(file, logging.INFO, "a study", "/w"), file, disk
    file.close()


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_has_its_fields(log):
    study, file = log
    study.event("step_finished", step="s", instance="s_\udcff\n", exit_code=0, reason=None)
    study.event("step_announced", step="below the level")
    file.flush()
    (line,) = lines(file.path)
    moment = datetime.fromisoformat(line.pop("timestamp").replace("Z", "+00:00"))
    assert moment.utcoffset() == timedelta(0)
    assert line == {
        "level": "info",
        "event": "step_finished",
        "study": "a study",
        "workspace": "/w",
        "step": "s",
        "instance": "s_\udcff\n",
        "exit_code": 0,
    }


def test_the_moment_is_utc_with_microseconds_wherever_it_runs(log, monkeypatch):
    file = log[1]
    study = StudyLog(file, logging.INFO, "s", "/w", now=lambda: 1_700_000_000_123_456_789)
    monkeypatch.setenv("TZ", "XYZ-9")
    time.tzset()
    try:
        study.event("unpaused")
    finally:
        monkeypatch.undo()
        time.tzset()
    file.flush()
    assert lines(file.path)[0]["timestamp"] == "2023-11-14T22:13:20.123456Z"


def test_only_events_of_the_list_can_be_logged(log):
    with pytest.raises(KeyError):
        log[0].event("made_up")


def test_every_field_of_an_event_is_described():
    for event in EVENTS.values():
        assert set(event.fields) <= FIELDS.keys()


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


def test_the_story_of_a_study(tmp_path, run):
    make_workspace(tmp_path, [StepPlan("a", failure={"retries": 1})], name="my study")

    def outcome(job):
        state = "FAILED" if job["attempt"] == 1 else "FINISHED"
        return {"state": state, "exit_code": 1 if state == "FAILED" else 0}

    assert run(tmp_path, outcome, log_level=1) == 0
    told = lines(tmp_path / "logs/my_study.log")
    words = [(line["event"], line.get("attempt"), line.get("cause")) for line in told]
    assert words == [
        ("conductor_started", None, None),
        ("settings", None, None),
        ("step_announced", 1, "first"),
        ("step_started", 1, "first"),
        ("step_failed", 1, None),
        ("step_queued_again", 1, None),
        ("step_announced", 2, "retry"),
        ("step_started", 2, "retry"),
        ("step_finished", 2, None),
        ("study_ended", None, None),
        ("conductor_stopped", None, None),
    ]
    for line in told:
        known = {"timestamp", "level", "event", "study", "workspace", *EVENTS[line["event"]].fields}
        assert line.keys() <= known
    ended = told[-3]
    assert (ended["exit_code"], ended["state"], ended["duration_s"] >= 0) == (0, "FINISHED", True)


def test_the_page_and_the_schema_are_those_of_the_source(repository_file):
    assert repository_file("docs/log-events.md") == page()
    assert json.loads(repository_file("docs/workspace-format/schemas/log.schema.json")) == schema()


@pytest.fixture
def captured():
    """What a program gets that has configured structlog."""
    capture = structlog.testing.LogCapture()
    structlog.configure(processors=[capture])
    yield capture.entries
    structlog.reset_defaults()


def test_a_program_that_configures_structlog_gets_the_events(log, captured):
    study, file = log
    study.event("step_finished", step="s", exit_code=0, reason=None)
    study.event("step_announced", step="below the level")
    file.flush()
    assert captured == [
        {"event": "step_finished", "step": "s", "exit_code": 0, "log_level": "info"}
    ]
    assert [line["event"] for line in lines(file.path)] == ["step_finished"]


def test_one_that_only_imports_structlog_is_told_nothing(log, capsys):
    log[0].event("unpaused")
    assert capsys.readouterr() == ("", "")


def test_a_structlog_that_fails_stops_no_study(log):
    def fail(*_what):
        raise RuntimeError("no such index")

    study, file = log
    structlog.configure(processors=[fail])
    try:
        with pytest.warns(UserWarning, match="no such index"):
            study.event("unpaused")
    finally:
        structlog.reset_defaults()
    file.flush()
    assert [line["event"] for line in lines(file.path)] == ["unpaused"]


def test_a_study_is_run_and_logged_without_anything_heavy(tmp_path):
    root = make_workspace(tmp_path, [StepPlan("a")])
    code = """
import sys
from pathlib import Path
from maestro_conductor.app.conduct import conduct
from maestro_conductor.testing import ScriptedScheduler

def factory(name, _options):
    ended = {"state": "FINISHED", "exit_code": 0}
    return ScriptedScheduler(name=name, slots=1, outcome=lambda _job: ended)

print(conduct(Path(sys.argv[1]), scheduler_factory=factory))
print(*{"structlog", "rich", "asyncio", "concurrent.futures"} & sys.modules.keys())
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["0"]
    assert {line["event"] for line in lines(root / "logs/study.log")} >= {"step_finished"}
