"""Local attempts are made ready while all slots are filled, and start when one becomes free."""

from __future__ import annotations

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
        self.lane = Lane(LOCAL, slots, weights.__getitem__, ahead=9)
        self.link = LocalLink(self.adapter, submission, self.lane)

    def prepare(self, *instances):
        for i in instances:
            self.lane.enter(i)
        return self.link.prepare([Job(i, 1, f"m3f9a0c2d71e8.{i}.1", False) for i in instances])

    def start(self, polled=None):
        """The instances that started."""
        answers = self.link.start(polled)
        for i, _, answer in answers.jobs if answers else []:
            self.lane.jobs[answer["job"]] = i
        return [i for i, _, _ in answers.jobs] if answers else []

    def end(self, i):
        """What a poll says after an instance has ended; its lane does not know yet."""
        (job,) = [job for job, other in self.lane.jobs.items() if other == i]
        self.adapter.say(job, state="FINISHED", exit_code=0)
        return job, self.link.poll(self.lane.jobs)

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
    job, polled = bench.end(0)
    assert bench.start(polled) == [1]
    bench.lane.leave(0, job)
    assert bench.start() == []


def test_a_big_one_waits_for_its_slots_and_is_not_passed(made):
    bench = made(3, [2, 3, 1])
    bench.prepare(0, 1, 2)
    assert bench.start() == [0]
    _, polled = bench.end(0)
    assert bench.start(polled) == [1]


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


def test_those_that_are_given_up_never_start(made):
    bench = made(1, [1, 1])
    bench.prepare(0, 1)
    bench.start()
    (dropped,) = bench.link.give_up("because").jobs
    assert dropped == (1, 1, {"error": "because", "transient": True})
    _, polled = bench.end(0)
    assert bench.start(polled) == []
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
