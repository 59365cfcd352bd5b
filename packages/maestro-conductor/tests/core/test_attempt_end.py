"""What follows the end of an attempt: one rule at a time."""

from __future__ import annotations

import pytest

from maestro_conductor.core.events import AttemptFileRead, CancelAsked, Closing, ResumeAsked
from maestro_conductor.core.instructions import Cancel, ReadAttemptFile
from maestro_conductor.core.resume_selection import select
from maestro_conductor.core.retry_policy import RESUBMISSIONS
from maestro_conductor.model.settings import Settings, SettingsChange
from maestro_conductor.model.states import CODES
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


def test_why_it_is_resubmitted_is_said_also_where_the_script_could_write_its_end(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s")
    b.poll("s", "HWFAILURE", reason="node n3 failed")
    b.settle("s", "ended", 143)
    (lost, again) = [row for record in b.effects.records[:1] for row in record["steps"]]
    assert (lost[2], lost[5]) == ("HWFAILURE", "node n3 failed; resubmission 1 of 10")
    assert (again[2], again[5]) == ("QUEUED", "node n3 failed; resubmission 1 of 10")


def test_a_restart_that_a_node_failure_ends_is_resubmitted_as_a_restart(bench):
    b = bench(StepPlan("s", restart="again", resources=NODES))
    time_out(b, "s")
    b.answer("s")
    b.poll("s", "HWFAILURE")
    b.settle("s", "started")
    assert b.submitted() == [("s", 3, "resubmission", "restart")]
    assert (b.state.restarts[0], b.state.resubmissions[0]) == (1, 1)


def test_a_command_that_succeeded_did_whatever_the_scheduler_says(bench):
    for word in ("HWFAILURE", "TIMEDOUT", "CANCELLED", "NOTFOUND", "PREEMPTED"):
        b = bench(StepPlan("s", resources=NODES))
        b.answer("s")
        b.poll("s", word)
        b.settle("s", "ended", 0)
        assert b.states() == {"s": "FINISHED"}, word


def test_a_job_that_ran_between_two_polls_has_its_times(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s", job="7", state="PENDING")
    began = b.clock.wall_ms
    b.clock.advance(60)
    b.poll("s", "FINISHED", 0, ended=began / 1000 + 30)
    b.handle(AttemptFileRead(0, 1, "ended", 0, started=began + 4000, at=began + 9000))
    assert (b.state.started[0], b.state.ended[0]) == (began + 4000, began + 9000)


def test_no_end_is_before_its_beginning_whatever_the_clocks_say(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s")
    b.poll("s", "FINISHED", 0)
    b.handle(AttemptFileRead(0, 1, "ended", 0, at=b.clock.wall_ms - 5000))
    assert b.state.ended[0] == b.state.started[0] == b.state.submitted[0]


def test_a_scheduler_is_believed_where_the_file_is_not_seen_yet(bench):
    b = bench(StepPlan("s", resources=NODES), StepPlan("t", resources=NODES))
    b.answer("s", "t")
    assert b.poll("s", "FINISHED", 0) == [ReadAttemptFile(0, 1, void=False)]
    b.settle("s", "absent")
    b.poll("t", "FAILED", 4)
    b.settle("t", "absent")
    assert b.states() == {"s": "FINISHED", "t": "FAILED"}
    assert b.state.exit_code[1] == 4


def test_a_forgotten_job_is_known_by_its_file_or_given_time(bench):
    b = bench(StepPlan("s", resources=NODES, failure={"retries": 1}))
    b.answer("s")
    assert b.poll("s", "NOTFOUND") == [ReadAttemptFile(0, 1, void=False)]
    b.settle("s", "absent")
    assert b.states() == {"s": "RUNNING"}
    b.clock.advance(31)
    assert b.poll("s", "NOTFOUND") == [ReadAttemptFile(0, 1, void=True)]
    b.settle("s", "void")
    assert b.submitted() == [("s", 2, "resubmission", "main")]
    b.answer("s")
    b.poll("s", "NOTFOUND")
    b.settle("s", "ended", 4)
    assert b.submitted() == [("s", 3, "retry", "main")]


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


def test_descendants_run_where_failure_is_allowed(bench):
    b = bench(
        StepPlan("a", ["x"] * 2, failure={"allow_failure": True}),
        StepPlan("b", funnels=["a"]),
        local_slots=2,
    )
    b.run("a_N.0", 1)
    b.run("a_N.1", 0)
    assert b.submitted() == [("b", 1, "first", "main")]
    b.run("b")
    assert b.state.outcome == ("FAILED", 2)


def test_a_driver_that_ran_nothing_is_no_failure_of_the_step(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s")
    b.poll("s", "FAILED", 73)
    b.settle("s", "void")
    assert b.states() == {"s": "WAITING"}
    b.clock.advance(5)
    b.handle()
    assert b.submitted() == [("s", 2, "resubmission", "main")]


def test_a_local_driver_that_was_killed_before_it_started_anything(bench):
    b = bench(StepPlan("a"))
    b.answer("a")
    assert b.poll("a", "FAILED", 137) == [ReadAttemptFile(0, 1, void=True)]
    b.settle("a", "void")
    b.clock.advance(5)
    b.handle()
    assert b.submitted() == [("a", 2, "resubmission", "main")]


@pytest.mark.parametrize("code", [None, 137])
def test_a_local_driver_that_died_while_its_script_ran_is_lost(bench, code):
    b = bench(StepPlan("a"))
    b.answer("a")
    b.poll("a", "FAILED", code, reason="its driver was ended by SIGKILL")
    b.settle("a", "started")
    assert b.submitted() == [("a", 2, "resubmission", "main")]
    assert b.reason("a") is None  # it is on its way again


def test_a_job_that_was_killed_with_its_driver_has_failed_and_says_so(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s")
    b.poll("s", "FAILED", 137, reason="JobLaunchFailure")
    b.settle("s", "started")
    assert b.states() == {"s": "FAILED"}
    assert "before it could write down how its script ended" in b.reason("s")


def test_a_local_script_that_a_signal_ended_has_failed(bench):
    b = bench(StepPlan("a"))
    b.answer("a")
    b.poll("a", "FAILED", 137)
    b.settle("a", "ended", 137)
    assert b.states() == {"a": "FAILED"}


def test_descendants_of_a_job_that_somebody_cancelled_are_cancelled(bench):
    b = bench(StepPlan("s", resources=NODES), StepPlan("b", needs=["s"]), StepPlan("c"))
    b.answer("s")
    b.poll("s", "CANCELLED")
    b.settle("s", "started")
    assert b.states() == {"s": "CANCELLED", "b": "CANCELLED", "c": "PENDING"}
    assert b.reason("b") == "after s was cancelled"
    b.run("c")
    assert b.state.outcome == ("CANCELLED", 3)


def test_cancel_ends_everything(bench):
    b = bench(
        StepPlan("s", ["x"] * 3, resources=NODES),
        StepPlan("a", ["x"] * 2),
        StepPlan("b", funnels=["a"]),
        limits=Settings(throttle=4),
        local_slots=1,
    )
    b.answer("s_N.0", job="1", state="RUNNING")
    b.answer("a_N.0", job="2", state="RUNNING")
    instructions = b.handle(CancelAsked())
    assert instructions == [Cancel("scheduled", ["1"]), Cancel("local", ["2"])] or instructions == [
        Cancel("local", ["2"]),
        Cancel("scheduled", ["1"]),
    ]
    assert b.states()["b"] == b.states()["a_N.1"] == "CANCELLED"
    assert b.answer("s_N.1", job="3", state="PENDING") == [Cancel("scheduled", ["3"])]
    b.answer("s_N.2", error="no such account")
    b.poll("a_N.0", "FAILED", 1)
    b.end("s_N.0")
    b.poll("s_N.1", "CANCELLED")
    b.settle("s_N.1", "void")
    assert b.states() == {
        "s_N.0": "FINISHED", "s_N.1": "CANCELLED", "s_N.2": "CANCELLED",
        "a_N.0": "CANCELLED", "a_N.1": "CANCELLED", "b": "CANCELLED",
    }  # fmt: skip
    assert b.state.outcome == ("CANCELLED", 3)


def test_resume_runs_what_went_wrong_and_never_what_finished(bench):
    b = bench(StepPlan("good"), StepPlan("bad"), StepPlan("after", needs=["bad"]), local_slots=2)
    b.run("good")
    b.run("bad", 1)
    assert b.state.outcome == ("FAILED", 2)
    b.handle(ResumeAsked(select(b.graph, b.state, None)))
    assert b.submitted() == [("bad", 2, "resume", "main")]
    assert b.states() == {"good": "FINISHED", "bad": "PENDING", "after": "INITIALIZED"}
    b.run("bad")
    b.run("after")
    assert b.state.outcome == ("FINISHED", 0)


@pytest.mark.parametrize("word", ["FAILED", "TIMEDOUT", "HWFAILURE", "CANCELLED", "DRYRUN"])
def test_each_bad_end_is_resumed(bench, word):
    b = bench(StepPlan("a", ["x"] * 3))
    b.state.state[:] = bytes([CODES["FINISHED"], CODES[word], CODES["FINISHED"]])
    assert select(b.graph, b.state, None) == [1]


def test_a_part_of_a_dry_study_brings_what_stands_before_it(bench):
    b = bench(StepPlan("a"), StepPlan("b", needs=["a"]))
    b.state.state[:] = bytes([CODES["DRYRUN"]] * 2)
    assert select(b.graph, b.state, ["b"]) == [0, 1]


def test_what_an_allowed_failure_let_through_waits_for_its_rerun(bench):
    b = bench(
        StepPlan("a", failure={"allow_failure": True}),
        StepPlan("b", ["x"] * 3, needs=["a"]),
        limits=Settings(throttle=1),
    )
    b.run("a", 1)
    b.answer("b_N.0")
    with pytest.raises(ValueError, match=r"b_N\.0 is running; cancel it first, or wait for it"):
        select(b.graph, b.state, None)
    b.end("b_N.0")
    b.answer("b_N.1")
    b.end("b_N.1")
    b.answer("b_N.2", error="no room", transient=True)
    b.handle(ResumeAsked(select(b.graph, b.state, None)))
    b.clock.advance(1.1)
    b.handle()
    assert b.submitted() == [("a", 2, "resume", "main")]
    assert b.states() == {
        "a": "PENDING",
        "b_N.0": "FINISHED",
        "b_N.1": "FINISHED",
        "b_N.2": "INITIALIZED",
    }


def test_named_steps_run_again_with_their_descendants(bench):
    b = bench(StepPlan("a", ["x"] * 2), StepPlan("b", ["x"] * 2, needs=["a"]), local_slots=2)
    for name in ("a_N.0", "a_N.1", "b_N.0", "b_N.1"):
        b.run(name)
    assert [b.graph.names[i] for i in select(b.graph, b.state, ["a_N.1"])] == ["a_N.1", "b_N.1"]
    assert len(select(b.graph, b.state, ["b"])) == 2
    assert len(select(b.graph, b.state, ["*_N.0"])) == 2
    with pytest.raises(ValueError, match="no step or instance is called nobody"):
        select(b.graph, b.state, ["nobody"])
    b.handle(ResumeAsked(select(b.graph, b.state, ["a_N.1"])))
    assert b.states()["b_N.1"] == "INITIALIZED"
    with pytest.raises(ValueError, match=r"a_N\.1 is running"):
        select(b.graph, b.state, ["a_N.1"])


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


def test_local_steps_that_are_stopped_with_the_conductor_run_again_later(bench):
    b = bench(StepPlan("a"), StepPlan("b", needs=["a"]))
    b.answer("a")
    assert b.handle(Closing(stop_local=True)) == [Cancel("local", ["j1"])]
    b.poll("a", "CANCELLED", 143)
    assert b.states() == {"a": "QUEUED", "b": "INITIALIZED"}
    assert b.reason("a") == "stopped together with the conductor"
    assert not b.submitted()


@pytest.mark.parametrize("code", [None, 0, 140, 142])
@pytest.mark.parametrize("restart", [None, "again"])
def test_a_walltime_that_passes_before_the_script_began_is_a_time_out(bench, restart, code):
    b = bench(
        StepPlan("s", resources=NODES, restart=restart, failure={"retries": 2}),
        StepPlan("t", needs=["s"]),
    )
    b.answer("s")
    assert b.poll("s", "TIMEDOUT", code, reason="timeout") == [ReadAttemptFile(0, 1, void=True)]
    b.settle("s", "void")
    assert b.submitted() == []
    assert b.states() == {"s": "TIMEDOUT", "t": "FAILED"}
    assert b.reason("s") == "its walltime passed before its script began (timeout)"
    assert b.state.outcome == ("FAILED", 2)


def test_a_time_out_of_a_script_that_began_restarts_it_all_the_same(bench):
    b = bench(StepPlan("s", resources=NODES, restart="again"))
    b.answer("s")
    assert b.poll("s", "TIMEDOUT", 140) == [ReadAttemptFile(0, 1, void=True)]
    b.settle("s", "started")
    assert b.submitted() == [("s", 2, "restart", "restart")]
