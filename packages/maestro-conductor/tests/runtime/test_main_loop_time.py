"""A conductor that notices late, or asks too often: in a time of its own."""

from __future__ import annotations

import os
import select
from typing import Any

import pytest

from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.testing.virtual_time import Timeline, WatchedScheduler

FINISHED = {"state": "FINISHED", "exit_code": 0}


def test_all_jobs_are_asked_for_at_once_ever_less_often_while_nothing_changes(timed):
    b = timed(30, sleep=20.0)
    b.time.at(150.0, lambda: b.scheduler.say("100", state="SUSPENDED"))
    b.time.at(300.0, b.end_all)
    assert b.conduct() == 0
    assert {number for _, number in b.scheduler.polled} == {30}
    gaps = b.gaps()
    assert b.scheduler.polled[0][0] <= 1.5
    assert gaps[0] <= 1.5
    quiet = [gap for (time, _), gap in zip(b.scheduler.polled, gaps, strict=False) if time < 149]
    assert quiet == sorted(quiet)
    assert 20.0 in quiet
    assert max(gaps) == 20.0
    noticed = next(time for time, _ in b.scheduler.polled if time >= 150)
    assert noticed <= 170
    assert b.gaps(since=noticed + 0.1)[0] == 1.0


class Waking(WatchedScheduler):
    """A local adapter that tells when a job has ended."""

    def __init__(self, time: Timeline) -> None:
        super().__init__(time, name="local", slots=1, scheduled=False)
        self.read_end, self.write_end = os.pipe()

    def wake_fd(self) -> int:
        return self.read_end

    def end(self, job: str) -> None:
        self.say(job, **FINISHED)
        os.write(self.write_end, b".")

    def poll(self, job_ids: Any) -> Any:
        if select.select([self.read_end], [], [], 0)[0]:
            os.read(self.read_end, 100)
        return super().poll(job_ids)


def test_no_poll_lies_between_the_end_of_a_local_step_and_the_start_of_the_next(timed):
    b = timed()
    chain = [StepPlan("a"), StepPlan("b", needs=["a"]), StepPlan("c", needs=["b"])]
    make_workspace(b.root, chain, batch={"type": "scripted"})
    b.local = Waking(b.time)
    ends = [10.123, 33.3, 57.001]
    for number, time in enumerate(ends):
        b.time.at(time, lambda job=str(100 + number): b.local.end(job))
    assert b.conduct() == 0
    starts = [round(time, 3) for time in b.local.submissions]
    assert starts == [0.0, *ends[:-1]]
    assert b.time.now == pytest.approx(ends[-1])
    assert len(b.local.polled) < 30  # nobody looks again and again


def test_a_shorter_sleep_of_the_command_line_or_an_update_counts_at_once(timed):
    b = timed(sleep=60.0)
    lock = b.root / ".study.update.lock"
    b.time.at(200.0, lambda: lock.write_text("sleep: 2\n"))
    b.time.at(300.0, b.end_all)
    assert b.conduct(sleeptime=10.0) == 0
    assert max(b.gaps()) == 10.0
    assert max(b.gaps(since=204.0)) == 2.0


def test_requests_are_noticed_within_a_second_though_the_scheduler_is_left_alone(timed):
    b = timed(3, throttle=1)
    b.time.at(101.3, lambda: (b.root / ".study.update.lock").write_text("throttle: 2\n"))
    b.time.at(207.7, lambda: (b.root / ".cancel.lock").touch())
    assert b.conduct() == 3
    assert b.scheduler.submissions[0] == 0.0
    assert 101.3 <= b.scheduler.submissions[1] <= 102.3
    assert len(b.scheduler.submissions) == 2
    asked = next(time for time, _ in b.scheduler.polled if time > 102.3)
    assert asked <= 103.3  # something has changed, so more may
    assert 207.7 <= b.scheduler.cancellations[0] <= 208.7
    assert b.time.now <= 212


def test_a_renamed_log_is_left_within_a_second(timed):
    b = timed(sleep=0.1)
    log = b.root / "logs/study.log"
    b.time.at(50.0, lambda: log.rename(log.with_suffix(".old")))
    b.time.at(51.0, lambda: b.scheduler.say("100", state="SUSPENDED"))
    b.time.at(60.0, b.end_all)
    assert b.conduct() == 0
    assert "step_changed" not in {line["event"] for line in b.events("study.old")}
    told = [line["event"] for line in b.events()]
    assert told == ["step_started", "step_finished", "study_ended", "conductor_stopped"]
