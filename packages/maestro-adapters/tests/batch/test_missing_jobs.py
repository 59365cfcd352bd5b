"""A job is not there only after several answers in a row without it.

A fault here would be a running job that is given up as accounting was slow.
"""

from maestro_adapters.batch.missing_jobs import MissingJobTracker, unreachable
from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus


def test_not_there_takes_some_rounds_in_a_row():
    tracker = MissingJobTracker(rounds=3, seconds=0)
    tracker.seen("1", JobStatus(states.RUNNING, native="R"))
    first, second, third = (tracker.missed("1") for _ in range(3))
    assert [first.state, second.state, third.state] == ["RUNNING", "RUNNING", "NOTFOUND"]
    assert "1 of at least 3" in first.reason
    assert "3 times in a row" in third.reason


def test_a_job_that_turns_up_again_starts_the_count_anew():
    tracker = MissingJobTracker(rounds=2, seconds=0)
    tracker.missed("1")
    tracker.seen("1", JobStatus(states.PENDING))
    assert tracker.missed("1").state == states.PENDING
    assert tracker.missed("1").state == states.NOTFOUND


def test_a_job_that_was_never_seen_is_unknown_and_alive_first():
    assert MissingJobTracker(rounds=2, seconds=0).missed("1").state == states.UNKNOWN


def test_jobs_that_nobody_asks_for_are_forgotten():
    tracker = MissingJobTracker(rounds=2, seconds=0)
    tracker.seen("1", JobStatus(states.RUNNING))
    tracker.seen("2", JobStatus(states.FINISHED))
    assert tracker.live() == ["1"]
    tracker.keep_only(["2"])
    assert tracker.live() == []
    assert tracker.missed("1").state == states.UNKNOWN


def test_unreachable_says_why():
    assert unreachable("squeue hangs").answer()["reason"] == "squeue hangs"


def test_not_there_takes_some_seconds_too():
    """However often somebody asks: a job may leave the queue before accounting has it."""
    now = 100.0
    tracker = MissingJobTracker(rounds=3, seconds=5, clock=lambda: now)
    assert {tracker.missed("1").state for _ in range(50)} == {states.UNKNOWN}
    now += 5
    assert tracker.missed("1").state == states.NOTFOUND
