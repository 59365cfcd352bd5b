"""Would catch a record that the log does not tell, or tells otherwise than it is."""

from __future__ import annotations

import json

from maestro_conductor.observers.log_events import EVENTS
from maestro_conductor.testing import StepPlan, make_workspace


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_study_is_told_from_its_first_record_to_its_end(tmp_path, run):
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
