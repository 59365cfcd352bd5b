"""Would catch a retry, restart or resubmission too many, too few, or for the wrong end."""

from __future__ import annotations

import pytest

from maestro_conductor.core.events import (
    ResumeAsked,
)
from maestro_conductor.core.retry_policy import RESUBMISSIONS
from maestro_conductor.model.settings import Settings, SettingsChange
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def time_out(b, name):
    b.answer(name)
    b.poll(name, "TIMEDOUT")
    b.settle(name, "started")


def test_a_time_out_restarts_within_the_limit(bench):
    b = bench(StepPlan("s", restart="again", resources=NODES), limits=Settings(rlimit=2))
    time_out(b, "s")
    assert b.submitted() == [("s", 2, "restart", "restart")]
    time_out(b, "s")
    assert b.submitted() == [("s", 3, "restart", "restart")]
    time_out(b, "s")
    assert b.states() == {"s": "TIMEDOUT"}
    assert b.reason("s") == "timed out; the restart limit of 2 is reached"
    assert b.state.restarts[0] == 2


def test_rlimit_0_is_no_limit(bench):
    b = bench(StepPlan("s", restart="again", resources=NODES), limits=Settings(rlimit=0))
    for attempt in range(2, 30):
        time_out(b, "s")
        assert b.submitted() == [("s", attempt, "restart", "restart")]


def test_rlimit_bounds_local_steps_too(bench):
    b = bench(StepPlan("a", restart="again"))
    b.answer("a")
    b.poll("a", "TIMEDOUT", 143)
    assert b.submitted() == [("a", 2, "restart", "restart")]
    b.answer("a")
    b.poll("a", "TIMEDOUT", 143)
    assert b.states() == {"a": "TIMEDOUT"}


def test_without_a_restart_command_a_time_out_is_final(bench):
    b = bench(StepPlan("s", resources=NODES), StepPlan("after", needs=["s"]))
    time_out(b, "s")
    assert b.states() == {"s": "TIMEDOUT", "after": "FAILED"}
    assert b.reason("after") == "after s failed"
    assert b.state.outcome == ("FAILED", 2)


@pytest.mark.parametrize("word", ["HWFAILURE", "PREEMPTED"])
def test_node_failures_and_preemptions_resubmit_a_bounded_number_of_times(bench, word):
    b = bench(StepPlan("s", resources=NODES))
    for attempt in range(2, RESUBMISSIONS + 2):
        b.answer("s")
        b.poll("s", word, reason="node n3 failed")
        b.settle("s", "started")
        assert b.submitted() == [("s", attempt, "resubmission", "main")]
        assert b.state.attempt[0] == attempt
    b.answer("s")
    b.poll("s", word, reason="node n3 failed")
    b.settle("s", "started")
    assert b.states() == {"s": "HWFAILURE"}
    assert b.reason("s") == f"node n3 failed; submitted again {RESUBMISSIONS} times already"


def test_a_restart_that_a_node_failure_ends_is_resubmitted_as_a_restart(bench):
    b = bench(StepPlan("s", restart="again", resources=NODES))
    time_out(b, "s")
    b.answer("s")
    b.poll("s", "HWFAILURE")
    b.settle("s", "started")
    assert b.submitted() == [("s", 3, "resubmission", "restart")]
    assert (b.state.restarts[0], b.state.resubmissions[0]) == (1, 1)


def test_a_failure_of_the_step_is_retried_after_a_pause(bench):
    b = bench(StepPlan("a", failure={"retries": 1, "retry_pause": 10}))
    b.run("a", 7)
    assert (b.states(), b.reason("a")) == ({"a": "WAITING"}, "retry 1 of 1")
    assert b.machine.next_timer() == 1010
    b.clock.advance(9.9)
    b.handle()
    assert not b.submitted()
    b.clock.advance(0.1)
    b.handle()
    assert b.submitted() == [("a", 2, "retry", "main")]
    b.run("a", 7)
    assert b.states() == {"a": "FAILED"}


def test_only_some_exit_codes_are_worth_a_retry(bench):
    b = bench(StepPlan("a", failure={"retries": 3, "retry_codes": [75]}))
    b.answer("a")
    b.poll("a", "FAILED", 75)
    b.settle("a", "ended", 75)
    assert b.submitted() == [("a", 2, "retry", "main")]
    b.run("a", 1)
    assert b.states() == {"a": "FAILED"}


def test_exit_codes_that_mean_success(bench):
    b = bench(StepPlan("a", failure={"success_codes": [0, 4]}), StepPlan("b", needs=["a"]))
    b.run("a", 4)
    assert b.states() == {"a": "FINISHED", "b": "PENDING"}
    b = bench(StepPlan("a", failure={"success_codes": [4]}))
    b.run("a", 0)
    assert b.states() == {"a": "FAILED"}


def test_exit_codes_that_ask_for_the_restart_command(bench):
    b = bench(StepPlan("a", restart="again", failure={"restart_codes": [85]}))
    b.run("a", 85)
    assert b.submitted() == [("a", 2, "restart", "restart")]
    b.run("a", 85)
    assert b.states() == {"a": "FAILED"}
    assert b.reason("a") == "exit code 85 asks for a restart; the restart limit of 1 is reached"


def test_limits_count_anew_after_a_resume(bench):
    b = bench(StepPlan("s", restart="again", resources=NODES), limits=Settings(rlimit=1))
    time_out(b, "s")
    time_out(b, "s")
    assert b.states() == {"s": "TIMEDOUT"}
    b.handle(SettingsChange(rlimit=2, source="resume"), ResumeAsked([0]))
    assert b.submitted() == [("s", 3, "resume", "main")]
    time_out(b, "s")
    time_out(b, "s")
    assert b.submitted() == [("s", 5, "restart", "restart")]
