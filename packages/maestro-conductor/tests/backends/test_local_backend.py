"""A local step that starts late, after it was withdrawn, or whose start or end is not told once."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from maestro_conductor.app.conduct import conduct
from maestro_conductor.backends.job_request import JobRequests
from maestro_conductor.backends.local_backend import LocalBackend
from maestro_conductor.backends.script_writer import ScriptWriter
from maestro_conductor.backends.submitter import Submitter, withdrawn
from maestro_conductor.core.events import Answers
from maestro_conductor.core.instructions import Submission
from maestro_conductor.core.queues import LOCAL, Queue
from maestro_conductor.journal import read_state
from maestro_conductor.model.states import CODES
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import GraphFile


def first_runs(slots):
    """An outcome: so many jobs run, the others wait for a slot."""
    states = ["RUNNING"] * slots
    return lambda _job: {"state": states.pop() if states else "PENDING"}


class Bench:
    """A backend over a scripted adapter; the queue is kept as a machine would."""

    def __init__(self, root, slots, count):
        make_workspace(root, [StepPlan("s", ["x"] * count)], batch={"type": "local"})
        self.root = root
        self.adapter = ScriptedScheduler(outcome=first_runs(slots))
        graph = GraphFile(root)
        writer = ScriptWriter(graph.graph, JobRequests(graph, root), self.adapter, root)
        self.queue = Queue(LOCAL, slots, lambda _instance: 1, least_ahead=9)
        self.steady = 0.0
        self.backend = LocalBackend(
            self.adapter, Submitter(writer), self.queue, lambda: self.steady
        )

    def submit(self, *instances):
        for i in instances:
            self.queue.enter(i)
        jobs = [Submission(i, 1, f"m3f9a0c2d71e8.{i}.1", False) for i in instances]
        return self._begun(self.backend.submit(jobs))

    def _begun(self, answers):
        for i, _, answer in answers.jobs if answers else []:
            if "job" in answer:
                self.queue.jobs[answer["job"]] = i
        return [i for i, _, _ in answers.jobs] if answers else []

    def poll(self, steady=0.0):
        """The instances that began, and what is said of others."""
        known, *more = self.backend.poll(steady)
        if not more:
            return [], known.jobs
        answers, new = more
        return self._begun(answers), {**known.jobs, **new.jobs}

    def say(self, i, **answer):
        """What becomes of an instance; the backend hears of it with the next poll."""
        names = {int(job["key"]): name for name, job in self.adapter.submitted.items()}
        self.adapter.say(names[i], **answer)


@pytest.fixture
def made(tmp_path):
    return lambda slots, count: Bench(tmp_path, slots, count)


def test_those_that_wait_are_told_when_they_start(made):
    bench = made(1, 3)
    assert bench.submit(0, 1, 2) == [0]
    assert bench.poll() == ([], {"100": bench.adapter.answers["100"]})
    bench.say(0, state="FINISHED", exit_code=0)
    bench.say(1, state="RUNNING", started=7.5)
    begun, polled = bench.poll()
    assert begun == [1]
    assert [answer["state"] for answer in polled.values()] == ["FINISHED", "RUNNING"]


def test_a_record_of_several_starts_is_older_than_every_end(made):
    bench = made(0, 2)
    bench.submit(0, 1)
    bench.say(0, state="FINISHED", exit_code=0, started=7.5, ended=7.6)
    bench.say(1, state="RUNNING", started=7.75)
    _, answers, polled = bench.backend.poll(0.0)
    assert (answers.at, [i for i, _, _ in answers.jobs]) == (7500, [0, 1])
    assert len(polled.jobs) == 2


def test_a_job_gets_its_name_when_it_starts(made):
    bench = made(0, 1)
    bench.submit(0)
    bench.say(0, state="RUNNING", started=7.5, job="4711")
    bench.adapter.say("4711", state="RUNNING")
    assert bench.poll()[0] == [0]
    assert bench.queue.jobs == {"4711": 0}
    bench.adapter.say("4711", state="FINISHED", exit_code=0)
    assert list(bench.poll()[1]) == ["4711"]


def test_what_cannot_be_written_is_refused_at_once(made):
    bench = made(1, 2)
    (bench.root / "s").write_text("in the way")
    assert bench.submit(0) == [0]
    assert bench.queue.jobs == {}
    assert not bench.adapter.submitted


def test_trouble_with_files_lasts_until_scripts_can_be_written_again(made, monkeypatch):
    bench = made(1, 3)
    bench.submit(0)
    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", no_room)
        refused = bench.backend.submit([Submission(1, 1, "m3f9a0c2d71e8.1.1", False)])
    assert [answer["transient"] for _, _, answer in refused.jobs] == [True]
    bench.poll()
    assert "No space" in bench.backend.file_trouble(
        Answers(LOCAL, [])
    )  # who was handed over before says nothing of the disk
    bench.submit(2)
    assert bench.backend.file_trouble(Answers(LOCAL, [])) is None


def no_room(path, *_mode):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def test_only_news_is_told_and_an_end_that_is_in_doubt_is_told_again(made):
    bench = made(1, 1)
    bench.submit(0)
    assert len(bench.poll()[1]) == 1
    assert bench.poll() == ([], {})
    bench.say(0, state="FINISHED", exit_code=0)
    (job,) = bench.poll()[1]
    assert bench.poll(100.0)[1][job]["state"] == "FINISHED"
    assert bench.poll(100.5) == ([], {})
    bench.queue.leave(0, job)
    assert bench.poll(200.0) == ([], {})


def test_those_that_are_withdrawn_never_start_and_who_runs_goes_on(made):
    bench = made(1, 3)
    bench.submit(0, 1, 2)
    bench.say(1, state="RUNNING", started=7.5)  # in this very moment
    (dropped,) = bench.backend.withdraw("because").jobs
    assert dropped == (2, 1, withdrawn("because"))
    assert bench.backend.withdraw("because") is None
    assert bench.poll()[0] == [1]


def test_the_last_are_withdrawn_where_not_all_are_to_be(made):
    bench = made(1, 5)
    bench.submit(0, 1, 2, 3, 4)
    assert bench.backend.withdraw("because", 0) is None
    assert [i for i, _, _ in bench.backend.withdraw("because", 2).jobs] == [3, 4]
    assert [i for i, _, _ in bench.backend.withdraw("because", 9).jobs] == [1, 2]


def test_a_cancelled_study_starts_none_of_those_that_are_ready(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["x"] * 4)], batch={"type": "local"})
    adapter = ScriptedScheduler(name="local", slots=1)
    state = first_runs(1)

    def outcome(job):
        (tmp_path / ".cancel.lock").touch()
        return state(job)

    adapter.outcome = outcome
    assert conduct(tmp_path, scheduler_factory=lambda _name, _options: adapter) == 3
    assert adapter.cancelled == ["100"]
    assert len(adapter.submitted) > 1
    assert (tmp_path / "s/N.1/s_N.1.sh").exists()
    _, state = read_state(tmp_path)
    assert list(state.state) == [CODES["CANCELLED"]] * 4


def test_a_conductor_that_leaves_offers_them_to_the_next(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["x"] * 3)], batch={"type": "local"})
    adapter = ScriptedScheduler(name="local", slots=1)

    state = first_runs(1)

    def outcome(job):
        if len(adapter.submitted) == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return state(job)

    adapter.outcome = outcome
    assert conduct(tmp_path, scheduler_factory=lambda _name, _options: adapter) == 128 + 15
    before = dict(adapter.submitted)
    assert len(before) > 1
    adapter.outcome = lambda _job: {"state": "FINISHED", "exit_code": 0}
    adapter.say("100", state="FINISHED", exit_code=0)
    assert conduct(tmp_path, scheduler_factory=lambda _name, _options: adapter) == 0
    others = [
        job for name, job in adapter.submitted.items() if name not in before and job["key"] != "0"
    ]
    assert [(job["key"], job["attempt"]) for job in others] == [("1", 1), ("2", 1)]


def test_an_adapter_that_cannot_tell_is_looked_at_soon_and_not_while_nothing_is_under_way(made):
    bench = made(1, 2)
    backend = bench.backend
    assert backend.next_time() is None
    bench.steady = 100.0
    bench.submit(0)
    assert backend.next_time() == 100.05
    assert backend.collect(100.04, told=False) == []
    assert bench.adapter.polls == 0
    backend.collect(100.05, told=False)
    assert bench.adapter.polls == 1
    assert backend.next_time() == 100.1
    backend.collect(100.06, told=True)
    assert bench.adapter.polls == 2
