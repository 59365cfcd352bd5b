"""Would catch a report on a job that is misread: of one that lives, that ended, or that got lost."""

from __future__ import annotations

import pytest

from maestro_conductor.core.events import (
    AttemptFileRead,
    Found,
    Polled,
)
from maestro_conductor.core.instructions import ReadAttemptFile
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def time_out(b, name):
    b.answer(name)
    b.poll(name, "TIMEDOUT")
    b.settle(name, "started")


def test_why_it_is_resubmitted_is_said_also_where_the_script_could_write_its_end(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s")
    b.poll("s", "HWFAILURE", reason="node n3 failed")
    b.settle("s", "ended", 143)
    (lost, again) = [row for record in b.effects.records[:1] for row in record["steps"]]
    assert (lost[2], lost[5]) == ("HWFAILURE", "node n3 failed; resubmission 1 of 10")
    assert (again[2], again[5]) == ("QUEUED", "node n3 failed; resubmission 1 of 10")


def test_a_command_that_succeeded_did_whatever_the_scheduler_says(bench):
    for word in ("HWFAILURE", "TIMEDOUT", "CANCELLED", "NOTFOUND", "PREEMPTED"):
        b = bench(StepPlan("s", resources=NODES))
        b.answer("s")
        b.poll("s", word)
        b.settle("s", "ended", 0)
        assert b.states() == {"s": "FINISHED"}, word


REQUIRED = [{"file": "e", "required": True}]


@pytest.mark.parametrize("code", [0, 3])
def test_a_local_step_whose_result_is_missing_has_failed_though_its_command_succeeded(bench, code):
    failure = {"success_codes": [0, 3]}
    b = bench(StepPlan("s", results=REQUIRED, failure=failure), StepPlan("t", needs=["s"]))
    b.answer("s")
    assert b.poll("s", "FAILED" if code else "FINISHED", code) == [ReadAttemptFile(0, 1, False)]
    b.handle(AttemptFileRead(0, 1, "ended", code, lacks="its result e is not there"))
    assert b.states() == {"s": "FAILED", "t": "FAILED"}
    assert (b.state.reason[0], b.state.exit_code[0]) == ("its result e is not there", code)


def test_a_step_whose_result_is_missing_is_retried_as_others_that_failed(bench):
    b = bench(StepPlan("s", resources=NODES, results=REQUIRED, failure={"retries": 1}))
    b.answer("s")
    b.poll("s", "FINISHED", 0)
    b.handle(AttemptFileRead(0, 1, "ended", 0, lacks="its result e is not there"))
    assert b.submitted() == [("s", 2, "retry", "main")]
    b.answer("s")
    b.poll("s", "FINISHED", 0)
    b.handle(AttemptFileRead(0, 2, "ended", 0))
    assert b.states() == {"s": "FINISHED"}


def test_of_a_command_that_failed_by_itself_the_reason_is_its_own(bench):
    b = bench(StepPlan("s", results=REQUIRED))
    b.answer("s")
    b.poll("s", "FAILED", 4)
    b.handle(AttemptFileRead(0, 1, "ended", 4, lacks="its result e is not there"))
    assert b.states() == {"s": "FAILED"}
    assert b.state.reason.get(0) is None


def test_what_it_left_in_the_background_is_said_although_its_result_was_looked_for(bench):
    b = bench(StepPlan("s", results=REQUIRED))
    b.answer("s")
    b.poll("s", "FINISHED", 0, reason="left sleep (7) in the background")
    b.handle(AttemptFileRead(0, 1, "ended", 0))
    assert b.states() == {"s": "FINISHED"}
    assert b.state.reason[0] == "left sleep (7) in the background"


def test_results_that_are_not_required_are_not_looked_for(bench):
    b = bench(StepPlan("s", results=[{"file": "e"}]))
    b.answer("s")
    assert b.poll("s", "FINISHED", 0) == []
    assert b.states() == {"s": "FINISHED"}


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


def test_live_states_are_followed(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s", job="7", state="PENDING")
    b.poll("s", "PENDING", reason="Priority")
    assert b.reason("s") == "Priority"
    b.poll("s", "UNREACHABLE", reason="timed out")
    assert (b.states(), b.reason("s")) == ({"s": "PENDING"}, "Priority")
    b.poll("s", "RUNNING", started=1_700_000_000.5)
    assert b.state.started[0] == 1_700_000_000_500
    b.poll("s", "SUSPENDED")
    assert (b.states(), b.reason("s")) == ({"s": "RUNNING"}, "suspended by the scheduler")
    b.poll("s", "UNKNOWN", native="STRANGE")
    assert (b.states(), b.reason("s")) == ({"s": "RUNNING"}, "the scheduler says STRANGE")
    b.poll("s", "FINISHING")
    assert b.states() == {"s": "FINISHING"}


def test_a_quiet_poll_writes_nothing(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s")
    b.poll("s", "RUNNING")
    b.poll("s", "RUNNING")
    assert not b.effects.records


def test_a_job_that_ended_before_its_submission_was_answered_has_its_end_from_the_poll(bench):
    b = bench(StepPlan("a"))
    b.answer("a", job="7", state="FINISHED")
    assert b.effects.records == [
        {"kind": "submitted", "time": b.clock.wall_ms, "jobs": [(0, 1, "7", "RUNNING")]}
    ]
    b.end("a")
    assert b.states() == {"a": "FINISHED"}


@pytest.mark.parametrize("answer", [{"job": "late", "state": "RUNNING"}, {"absent": True}])
def test_a_late_search_of_a_dead_attempt_is_discarded(bench, answer):
    b = bench(StepPlan("s", resources=NODES, failure={"retries": 1}))
    b.run("s", 1)
    assert b.handle(Found("scheduled", [(0, 1, answer)])) == []
    assert [name for name, _ in b.effects.notes] == ["late_answer"]
    assert not b.effects.records
    assert b.machine.queues["scheduled"].jobs == {}


def test_what_is_said_of_the_job_or_the_file_of_a_dead_attempt_is_discarded(bench):
    b = bench(StepPlan("s", resources=NODES, failure={"retries": 1}))
    b.run("s", 1)
    b.answer("s")
    b.poll("s", "TIMEDOUT")
    for late in (
        Polled("scheduled", {"j1": {"state": "FINISHED", "exit_code": 0}}),
        AttemptFileRead(0, 1, "ended", 0),
        AttemptFileRead(0, 1, "void"),
    ):
        assert b.handle(late) == []
        assert not b.effects.records
    assert b.states() == {"s": "RUNNING"}
    b.settle("s", "started")
    assert b.states() == {"s": "TIMEDOUT"}


def test_a_local_attempt_whose_folder_was_deleted_is_lost_and_made_again(bench):
    b = bench(StepPlan("s"))
    b.answer("s")
    b.poll("s", "HWFAILURE", 0, reason="its folder was deleted while it ran")
    lost = next(
        r for record in b.effects.records for r in record.get("steps", ()) if r[2] == "HWFAILURE"
    )
    assert "its folder was deleted while it ran" in lost[5]
    assert (b.states()["s"], b.machine.state.attempt[0]) == ("PENDING", 2)
