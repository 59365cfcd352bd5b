"""Would catch a line that does not parse, an event that is not in the list, and a log that costs a study its run."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest
import structlog

from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.testing import StepPlan, make_workspace


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def captured():
    """What a program gets that has configured structlog."""
    capture = structlog.testing.LogCapture()
    structlog.configure(processors=[capture])
    yield capture.entries
    structlog.reset_defaults()


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
