"""A study that ends wrongly, twice, or without a word about why: whole studies, scripted schedulers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from maestro_conductor.app.conduct import conduct
from maestro_conductor.errors import BrokenError
from maestro_conductor.journal.history import history_of
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.workspace.paths import JOURNAL

FAILED = {"state": "FAILED", "exit_code": 3}
FINISHED = {"state": "FINISHED", "exit_code": 0}


def test_a_study_runs_to_its_end(tmp_path, run, states):
    steps = [StepPlan("a", ["true"] * 3), StepPlan("b", ["true"] * 3, needs=["a"])]
    make_workspace(tmp_path, [*steps, StepPlan("c", funnels=["b"])])
    assert run(tmp_path) == 0
    assert set(states(tmp_path).values()) == {"FINISHED"}


def test_a_conductor_starts_without_what_is_slow_to_import():
    code = """
import sys
import maestro_conductor.app.conduct
print(*{"structlog", "asyncio", "hashlib", "secrets"} & sys.modules.keys())
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_descendants_of_a_failed_step_fail_and_say_why(tmp_path, run, states):
    make_workspace(
        tmp_path,
        [
            StepPlan("bad"),
            StepPlan("after", needs=["bad"]),
            StepPlan("good"),
            StepPlan("last", funnels=["after"]),
        ],
    )
    assert run(tmp_path, lambda job: FAILED if job["request"]["name"] == "bad" else FINISHED) == 2
    assert states(tmp_path) == {
        "bad": "FAILED",
        "after": "FAILED",
        "good": "FINISHED",
        "last": "FAILED",
    }
    lines = [json.loads(line) for line in (tmp_path / "logs/study.log").read_text().splitlines()]
    reasons = {
        line["instance"]: line.get("reason") for line in lines if line["event"] == "step_failed"
    }
    assert reasons == {"bad": None, "after": "after bad failed", "last": "after bad failed"}


def test_a_mistake_of_ours_is_logged_and_costs_nothing(tmp_path, run):
    make_workspace(tmp_path, [StepPlan("a")])

    class Broken(ScriptedScheduler):
        def poll(self, job_ids):
            raise ZeroDivisionError(job_ids)

    with pytest.raises(BrokenError, match="start it again"):
        conduct(tmp_path, scheduler_factory=lambda _name, _options: Broken(slots=1))
    line = json.loads((tmp_path / "logs/study.log").read_text().splitlines()[-1])
    assert line["event"] == "failed_inside"
    assert "ZeroDivisionError" in line["reason"]
    assert run(tmp_path) == 0


def test_the_story_of_an_instance_is_in_the_journal(tmp_path, run):
    make_workspace(tmp_path, [StepPlan("a"), StepPlan("b")])
    assert run(tmp_path) == 0
    told = history_of(tmp_path / JOURNAL, 1)
    assert [line.split()[1] for line in told] == ["intent", "submitted", "state"]
    assert "'FINISHED'" in told[-1]


def test_a_study_that_ended_is_not_run_again(tmp_path, run):
    make_workspace(tmp_path, [StepPlan("a")], run={"study_id": "3f9a0c2d71e8"})
    ran = []
    outcome = lambda job: ran.append(job["token"]) or FINISHED  # noqa: E731
    assert run(tmp_path, outcome) == 0
    names = (JOURNAL, "logs/study.log", "status.csv")
    before = [(tmp_path / name).read_bytes() for name in names]
    assert run(tmp_path, outcome) == 0
    assert ran == ["m3f9a0c2d71e8.0.1"]
    assert [(tmp_path / name).read_bytes() for name in names] == before


def test_a_dry_run_writes_all_scripts_and_runs_nothing(tmp_path, run, states):
    make_workspace(
        tmp_path,
        [StepPlan("a", ["echo 1", "echo 2"], restart="echo again"), StepPlan("b", funnels=["a"])],
        run={"dry": True},
    )
    assert run(tmp_path, lambda _job: 1 / 0) == 0
    assert set(states(tmp_path).values()) == {"DRYRUN"}
    assert (tmp_path / "a/N.1/a_N.1.sh").read_text() == "#!/bin/sh\n\necho 2\n"
    assert (tmp_path / "a/N.1/a_N.1.restart.sh").read_text() == "#!/bin/sh\n\necho again\n"
    assert (tmp_path / "b/b.sh").stat().st_mode & 0o111
