"""Local attempts are made ready while all slots are filled, and start when one becomes free."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from maestro_conductor.composition import conduct
from maestro_conductor.graph_view import read_graph
from maestro_conductor.instructions import Job
from maestro_conductor.journal import read_state
from maestro_conductor.lanes import LOCAL, Lane
from maestro_conductor.local_link import LocalLink
from maestro_conductor.run_view import Run
from maestro_conductor.states import CODES
from maestro_conductor.submission import Submission
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace


class Bench:
    """A link over a scripted adapter; the lane is kept as a machine would."""

    def __init__(self, root, slots, weights):
        make_workspace(root, [StepPlan("s", ["x"] * len(weights))], batch={"type": "local"})
        self.root = root
        self.adapter = ScriptedScheduler(outcome=lambda _job: {"state": "RUNNING"})
        submission = Submission(read_graph(root), Run("3f9a0c2d71e8"), root, self.adapter)
        self.lane = Lane(LOCAL, slots, weights.__getitem__, least_ahead=9)
        self.link = LocalLink(self.adapter, submission, self.lane)

    def prepare(self, *instances):
        for i in instances:
            self.lane.enter(i)
        return self.link.prepare([Job(i, 1, f"m3f9a0c2d71e8.{i}.1", False) for i in instances])

    def start(self):
        """The instances that started."""
        answers = self.link.start(5)
        for i, _, answer in answers.jobs if answers else []:
            self.lane.jobs[answer["job"]] = i
        return [i for i, _, _ in answers.jobs] if answers else []

    def end(self, i):
        """An instance has ended, and the link was told; the machine was not."""
        (job,) = [job for job, other in self.lane.jobs.items() if other == i]
        self.adapter.say(job, state="FINISHED", exit_code=0)
        return self.link.poll(0.0)

    def script(self, i):
        return self.root / f"s/N.{i}/s_N.{i}.sh"


@pytest.fixture
def made(tmp_path):
    return lambda slots, weights: Bench(tmp_path, slots, weights)


def test_the_next_one_starts_before_the_machine_hears_of_the_end(made):
    bench = made(1, [1, 1, 1])
    bench.prepare(0, 1, 2)
    assert bench.start() == [0]
    assert bench.script(2).exists()
    assert [answer["state"] for answer in bench.end(0).jobs.values()] == ["FINISHED"]
    assert bench.start() == [1]
    assert bench.start() == []


def test_a_big_one_waits_for_its_slots_and_is_not_passed(made):
    bench = made(3, [2, 3, 1])
    bench.prepare(0, 1, 2)
    assert bench.start() == [0]
    bench.end(0)
    assert bench.start() == [1]


def test_without_slots_all_start_at_once(made):
    bench = made(None, [1, 1, 1])
    bench.prepare(0, 1, 2)
    assert bench.start() == [0, 1, 2]


def test_what_cannot_be_written_is_refused_at_once(made):
    bench = made(1, [1, 1])
    (bench.root / "s").write_text("in the way")
    refused = bench.prepare(0)
    assert [(i, "error" in answer) for i, _, answer in refused.jobs] == [(0, True)]
    assert bench.start() == []


def test_trouble_with_files_lasts_until_scripts_can_be_written_again(made, monkeypatch):
    bench = made(1, [1, 1, 1])
    bench.prepare(0)
    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", no_room)
        refused = bench.prepare(1)
    assert [answer["transient"] for _, _, answer in refused.jobs] == [True]
    assert bench.start() == [0]
    assert "No space" in bench.link.trouble  # who was ready before says nothing of the disk
    bench.prepare(2)
    assert bench.link.trouble is None


def no_room(path, *_mode):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def test_only_news_is_told_and_an_end_that_is_in_doubt_is_told_again(made):
    bench = made(1, [1])
    bench.prepare(0)
    bench.start()
    assert len(bench.link.poll(0.0).jobs) == 1
    assert bench.link.poll(0.0).jobs == {}
    (job,) = bench.end(0).jobs
    assert bench.link.poll(100.0).jobs[job]["state"] == "FINISHED"
    assert bench.link.poll(100.5).jobs == {}
    bench.lane.leave(0, job)
    assert bench.link.poll(200.0).jobs == {}


def test_supplied_is_when_every_slot_is_filled_and_as_many_wait(made):
    bench = made(2, [1] * 6)
    bench.prepare(0, 1, 2, 3)
    assert not bench.link.supplied
    bench.start()
    assert bench.link.supplied
    bench.end(0)
    bench.start()
    assert not bench.link.supplied


def test_those_that_are_given_up_never_start(made):
    bench = made(1, [1, 1])
    bench.prepare(0, 1)
    bench.start()
    (dropped,) = bench.link.give_up("because").jobs
    assert dropped == (1, 1, {"error": "because", "transient": True})
    bench.end(0)
    assert bench.start() == []
    assert bench.link.give_up("because") is None


def test_a_cancelled_study_starts_none_of_those_that_are_ready(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["x"] * 4)], batch={"type": "local"})
    adapter = ScriptedScheduler(name="local", slots=1)

    def outcome(_job):
        (tmp_path / ".cancel.lock").touch()
        return {"state": "RUNNING"}

    adapter.outcome = outcome
    assert conduct(tmp_path, scheduler_factory=lambda _name, _options: adapter) == 3
    assert [job["key"] for job in adapter.submitted.values()] == ["0"]
    assert (tmp_path / "s/N.1/s_N.1.sh").exists()
    _, state = read_state(tmp_path)
    assert list(state.state) == [CODES["CANCELLED"]] * 4


def test_a_conductor_that_leaves_offers_them_to_the_next(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["x"] * 3)], batch={"type": "local"})
    adapter = ScriptedScheduler(name="local", slots=1)

    def outcome(_job):
        os.kill(os.getpid(), signal.SIGTERM)
        return {"state": "RUNNING"}

    adapter.outcome = outcome
    assert conduct(tmp_path, scheduler_factory=lambda _name, _options: adapter) == 128 + 15
    assert [job["key"] for job in adapter.submitted.values()] == ["0"]
    adapter.outcome = lambda _job: {"state": "FINISHED", "exit_code": 0}
    adapter.say("100", state="FINISHED", exit_code=0)
    assert conduct(tmp_path, scheduler_factory=lambda _name, _options: adapter) == 0
    others = [job for job in adapter.submitted.values() if job["key"] != "0"]
    assert [(job["key"], job["attempt"]) for job in others] == [("1", 1), ("2", 1)]
