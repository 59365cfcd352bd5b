"""A scheduler that is asked too often, too late, or holds up the loop; an answer of it that is lost."""

from __future__ import annotations

import threading

import pytest

from maestro_conductor.backends.job_request import JobRequests
from maestro_conductor.backends.scheduler_backend import SchedulerBackend
from maestro_conductor.backends.script_writer import ScriptWriter
from maestro_conductor.backends.submitter import Submitter
from maestro_conductor.core.backoff import next_backoff, next_poll_pause
from maestro_conductor.core.events import Found, Polled
from maestro_conductor.core.instructions import Submission
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import GraphFile

JOBS = {"1": 0}


class Moody(ScriptedScheduler):
    """Its methods can be replaced."""


class Bench:
    def __init__(self):
        self.scheduler = Moody()
        self.scheduler.submitted["1"] = {"token": "t"}
        self.scheduler.say("1", state="PENDING")
        self.notes = []
        self.answered = threading.Event()
        self.backend = SchedulerBackend(
            self.scheduler, None, self.answered.set, lambda name, **_fields: self.notes.append(name)
        )

    def work(self, steady, longest=60.0):
        """What comes of working at a time; an answer is waited for where a call is made."""
        polls = self.scheduler.polls
        self.answered.clear()
        due = self.backend.next_time(JOBS, longest) <= steady
        self.backend.work(steady, JOBS, longest)
        if due:
            assert self.answered.wait(10)
        assert due == (self.scheduler.polls > polls)
        return self.backend.collect()


@pytest.fixture
def bench():
    made = Bench()
    yield made
    made.backend.close()


def test_the_pause_grows_while_nothing_changes_and_shrinks_when_something_does():
    pauses = [0.0]
    for _ in range(12):
        pauses.append(next_poll_pause(pauses[-1], 60.0, False))
    assert pauses[1] == 1.0
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60.0
    assert next_poll_pause(60.0, 60.0, True) == 1.0
    assert next_poll_pause(0.0, 0.5, False) == 0.5
    assert [next_backoff(pause, 60.0) for pause in (0.0, 1.0, 32.0, 60.0)] == [1.0, 2.0, 60.0, 60.0]


def test_only_news_reach_the_machine(bench):
    (polled,) = bench.work(1.0)
    assert isinstance(polled, Polled)
    assert bench.work(1.5) == []
    assert bench.scheduler.polls == 1
    assert bench.work(10.0) == []
    assert bench.scheduler.polls == 2
    bench.scheduler.say("1", state="RUNNING")
    (polled,) = bench.work(100.0)
    assert polled.jobs["1"]["state"] == "RUNNING"


def test_a_shorter_sleep_counts_at_once(bench):
    steady = 1.0
    for _ in range(15):
        steady += 100.0
        bench.work(steady)
    assert bench.backend.next_time(JOBS, 60.0) == steady + 60.0
    bench.backend.work(steady + 3.0, JOBS, 60.0)
    assert bench.backend.next_time(JOBS, 5.0) == steady + 5.0


def test_an_outage_is_told_once_and_its_end(bench):
    bench.scheduler.say("1", state="UNREACHABLE", reason="timed out")
    bench.work(10.0)
    bench.work(100.0)
    bench.scheduler.say("1", state="RUNNING")
    bench.work(200.0)
    assert bench.notes == ["scheduler_unreachable", "scheduler_answers"]


def test_an_adapter_that_raises_is_an_outage(bench):
    bench.scheduler.poll = lambda _jobs: 1 / 0
    bench.answered.clear()
    bench.backend.work(1.0, JOBS, 60.0)
    assert bench.answered.wait(10)
    (polled,) = bench.backend.collect()
    assert polled.jobs["1"]["state"] == "UNREACHABLE"
    assert "ZeroDivisionError" in polled.jobs["1"]["reason"]


def test_a_cancellation_that_was_not_taken_is_asked_for_again(bench):
    real, bench.scheduler.cancel = (
        bench.scheduler.cancel,
        lambda jobs: {job: {"error": "no answer", "transient": True} for job in jobs},
    )
    bench.answered.clear()
    bench.backend.cancel(["1"])
    assert bench.answered.wait(10)
    bench.backend.collect()
    assert bench.notes == ["cancel_refused"]
    bench.scheduler.cancel = real
    cancelled = threading.Event()
    bench.scheduler.cancel = lambda jobs: (real(jobs), cancelled.set())[0]
    bench.backend.work(30.0, JOBS, 60.0)
    assert cancelled.wait(10)
    assert bench.scheduler.cancelled == ["1"]


def test_attempts_are_found_by_their_tokens(bench):
    bench.answered.clear()
    bench.backend.find([(0, 1, "t"), (1, 1, "unknown")])
    assert bench.answered.wait(10)
    (found,) = bench.backend.collect()
    rows = [(0, 1, {"job": "1", "state": "PENDING"}), (1, 1, {"absent": True})]
    assert found == Found("scheduled", rows)


def test_what_the_scheduler_was_not_offered_yet_is_withdrawn_and_what_it_was_is_not(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["x"] * 60, resources={"nodes": 1})])
    asked, goes_on, answered = threading.Event(), threading.Event(), threading.Event()

    def refusal(_job):
        asked.set()
        assert goes_on.wait(10)

    scheduler = ScriptedScheduler(refusal=refusal)
    graph = GraphFile(tmp_path)
    writer = ScriptWriter(graph.graph, JobRequests(graph, tmp_path), scheduler, tmp_path)
    backend = SchedulerBackend(
        scheduler, Submitter(writer), answered.set, lambda *_note, **_fields: None
    )
    backend.submit([Submission(i, 1, f"m3f9a0c2d71e8.{i}.1", False) for i in range(60)])
    assert asked.wait(10)  # the first 25 are on their way
    assert [row[0] for row in backend.withdraw("because", 12).jobs] == list(range(48, 60))
    assert [row[0] for row in backend.withdraw("because").jobs] == list(range(25, 48))
    assert backend.withdraw("because") is None
    goes_on.set()
    assert answered.wait(10)
    (answers,) = backend.collect()
    backend.close()
    assert [row[0] for row in answers.jobs] == list(range(25))
    assert len(scheduler.submitted) == 25
