"""A command at the study's end that is called twice, not at all, or does the study harm."""

from __future__ import annotations

import json
import os

import pytest

from maestro_conductor.app.conduct import conduct
from maestro_conductor.runtime.host import Host
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.workspace.on_end_file import write_on_end
from maestro_conductor.workspace.paths import ON_END

STEPS = [StepPlan("a", ["true"] * 2), StepPlan("bad"), StepPlan("b", needs=["a"])]


@pytest.fixture
def study(tmp_path):
    root = tmp_path / "OUT"
    root.mkdir()
    make_workspace(root, STEPS)
    return root


def events(root):
    lines = [json.loads(line) for line in (root / "logs/study.log").read_text().splitlines()]
    return [line for line in lines if line["event"].startswith("on_end")]


def test_it_is_called_once_with_state_folder_and_counts(study, run, states):
    write_on_end(study, "env | grep ^MAESTRO_ | sort >> $MAESTRO_FOLDER/../told; pwd >> ../told")
    bad = {"state": "TIMEDOUT", "exit_code": None}
    fine = {"state": "FINISHED", "exit_code": 0}
    assert run(study, lambda job: bad if job["request"]["name"] == "bad" else fine) == 2
    known = dict(
        line.split("=", 1) for line in (study.parent / "told").read_text().splitlines()[:-1]
    )
    assert (study.parent / "told").read_text().splitlines()[-1] == str(study)
    assert known["MAESTRO_STUDY"] == "study"
    assert known["MAESTRO_FOLDER"] == str(study)
    assert (known["MAESTRO_STATE"], known["MAESTRO_EXIT_CODE"]) == ("FAILED", "2")
    assert int(known["MAESTRO_INSTANCES"]) == len(states(study))
    parts = [
        int(known[f"MAESTRO_{word}"]) for word in ("FINISHED", "FAILED", "CANCELLED", "SKIPPED")
    ]
    assert (sum(parts), parts[1]) == (len(states(study)), 1)
    assert known["MAESTRO_COUNTS"] == f"FINISHED {parts[0]}, TIMEDOUT 1"
    (event,) = events(study)
    assert (event["event"], event["exit_code"]) == ("on_end_called", 0)
    assert not (study / ON_END).exists()
    (study.parent / "told").unlink()
    assert run(study) == 2  # it has ended: there is nothing to do, and nothing to tell
    assert not (study.parent / "told").exists()


def test_the_next_conductor_calls_it_where_this_one_died_before(study, run):
    assert run(study) == 0
    write_on_end(study, "echo $MAESTRO_STATE >> ../told")  # as if it had died before it looked
    assert run(study) == 0
    assert run(study) == 0
    assert (study.parent / "told").read_text() == "FINISHED\n"


def test_a_conductor_that_is_stopped_calls_nothing(study):
    write_on_end(study, "touch ../told")

    class Interrupting(ScriptedScheduler):
        def poll(self, job_ids):
            os.kill(os.getpid(), 15)
            return super().poll(job_ids)

    def factory(name, _options):
        scheduler = Interrupting(name=name, slots=1)
        scheduler.outcome = lambda _job: {"state": "RUNNING", "exit_code": None}
        return scheduler

    assert conduct(study, scheduler_factory=factory) == 143
    assert not (study.parent / "told").exists()
    assert (study / ON_END).exists()


@pytest.mark.parametrize(
    ("command", "code", "reason"),
    [
        ("echo no; echo luck >&2; exit 3", 3, "it failed: luck"),
        ("kill -9 $$", 137, "it failed"),
        ("this-is-nowhere", 127, "not found"),
        ("head -c 1000000 /dev/zero; exit 1", 1, "it failed: \0"),
    ],
)
def test_one_that_fails_harms_nothing(command, code, reason, study, run):
    write_on_end(study, command)
    assert run(study) == 0
    (event,) = events(study)
    assert (event["event"], event["exit_code"]) == ("on_end_failed", code)
    assert reason in event["reason"]


def test_one_that_hangs_is_stopped(study, run):
    write_on_end(study, "echo $$ > ../pid; trap '' TERM; while :; do sleep 100; done")
    assert run(study, host=Host(on_end_limit=0.2)) == 0
    (event,) = events(study)
    assert event["reason"].startswith("it was stopped after 0.2 s")
    with pytest.raises(ProcessLookupError):
        os.kill(int((study.parent / "pid").read_text()), 0)


def test_nobody_waits_for_the_study_meanwhile(study, run):
    write_on_end(study, "flock .maestro/lock touch ../free")  # waits until its conductor has let go
    assert run(study) == 0
    assert (study.parent / "free").exists()


def test_what_it_leaves_in_the_background_is_not_waited_for(study, run):
    write_on_end(study, "sleep 100 & echo $! > ../pid")
    assert run(study) == 0
    assert events(study)[0]["event"] == "on_end_called"
    os.kill(int((study.parent / "pid").read_text()), 9)


def test_one_that_cannot_be_read_is_logged(study, run):
    (study / ON_END).write_text("{}")
    assert run(study) == 0
    (event,) = events(study)
    assert event["event"] == "on_end_failed"
    assert "on-end.json" in event["reason"]
