"""Starting, submitting, waiting: one rule at a time."""

from __future__ import annotations

import pytest

from maestro_conductor.core.events import Answers, AttemptFileRead, Found, Polled
from maestro_conductor.core.instructions import Find, ReadAttemptFile
from maestro_conductor.core.machine import Machine
from maestro_conductor.errors import IllegalTransitionError
from maestro_conductor.model.settings import Settings, SettingsChange
from maestro_conductor.model.states import RUNNING
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def test_a_successor_is_announced_in_the_turn_of_the_end(bench):
    b = bench(StepPlan("a"), StepPlan("b", needs=["a"]))
    b.answer("a")
    b.poll("a", "FINISHED", 0)
    assert b.submitted() == [("b", 1, "first", "main")]


def test_a_funnel_waits_for_all(bench):
    b = bench(StepPlan("a", ["x"] * 3), StepPlan("b", funnels=["a"]), local_slots=3)
    b.run("a_N.0")
    b.run("a_N.2")
    assert b.states()["b"] == "INITIALIZED"
    b.run("a_N.1")
    assert b.submitted() == [("b", 1, "first", "main")]


def test_throttle_bounds_what_is_in_flight_in_both_queues_together(bench):
    b = bench(
        StepPlan("a", ["x"] * 5),
        StepPlan("s", ["x"] * 5, resources=NODES),
        limits=Settings(throttle=4),
        local_slots=3,
    )
    assert b.state.in_flight() == 4
    assert [name for name, state in b.states().items() if state == "PENDING"] == [
        "a_N.0", "a_N.1", "a_N.2", "s_N.0",
    ]  # fmt: skip


def test_throttle_0_is_no_limit_and_an_update_counts_at_once(bench):
    b = bench(StepPlan("s", ["x"] * 9, resources=NODES), limits=Settings(throttle=1))
    b.handle(SettingsChange(throttle=3))
    assert b.state.in_flight() == 3
    b.handle(SettingsChange(rlimit=7))
    assert b.state.settings == Settings(throttle=3, rlimit=7)
    b.handle(SettingsChange(throttle=0))
    assert b.state.in_flight() == 9


def test_slots_are_filled_by_weight_and_a_big_job_is_not_passed_by(bench):
    weights = {0: 1, 1: 3, 2: 1}
    b = bench(StepPlan("a", ["x"] * 3), local_slots=3, weigh=weights.__getitem__)
    assert b.states() == {"a_N.0": "PENDING", "a_N.1": "QUEUED", "a_N.2": "QUEUED"}
    b.run("a_N.0")
    assert b.submitted() == [("a_N.1", 1, "first", "main")]
    b.run("a_N.1")
    assert b.submitted() == [("a_N.2", 1, "first", "main")]


def test_a_job_that_needs_more_slots_than_there_are_has_them_all(bench):
    b = bench(StepPlan("a", ["x"] * 2), local_slots=2, weigh=lambda _i: 8)
    assert b.state.in_flight() == 1
    b.run("a_N.0")
    assert b.submitted() == [("a_N.1", 1, "first", "main")]


def test_only_final_refusals_count_as_attempts(bench):
    b = bench(StepPlan("s", resources=NODES), limits=Settings(attempts=2))
    for _ in range(5):
        b.answer("s", error="limit of the site", transient=True)
        assert b.states() == {"s": "WAITING"}
        assert b.reason("s") == "limit of the site"
        b.clock.advance(61)
        b.handle()
        assert b.submitted() == [("s", 1, "first", "main")]
    b.answer("s", error="no such account")
    assert b.submitted() == [("s", 1, "first", "main")]
    b.answer("s", error="no such account")
    assert b.states() == {"s": "FAILED"}
    assert b.reason("s") == "no such account"


def test_a_script_that_ran_and_failed_is_no_refused_submission(bench):
    b = bench(StepPlan("a"), StepPlan("s", resources=NODES), limits=Settings(attempts=5))
    b.run("a", 1)
    assert b.states() == {"a": "FAILED", "s": "PENDING"}
    b.run("s", 1)
    assert b.states() == {"a": "FAILED", "s": "FAILED"}
    assert (b.state.attempt[0], b.state.attempt[1]) == (1, 1)
    assert b.state.outcome == ("FAILED", 2)


def test_a_scheduler_that_takes_no_jobs_is_tried_with_one_and_ever_less_often(bench):
    b = bench(StepPlan("s", ["x"] * 3, resources=NODES))
    rows = [(i, 1, {"error": "full", "transient": True}) for i in range(3)]
    b.handle(Answers("scheduled", rows))
    tried = []
    for _ in range(40):
        b.clock.advance(1)
        b.handle()
        if b.submitted():
            tried.append(b.clock.steady_s - 1000)
            assert len(b.submitted()) == 1
            b.answer(b.submitted()[0][0], error="full", transient=True)
    assert tried == [1, 3, 7, 15, 31]
    b.clock.advance(60)
    b.handle()
    b.answer(b.submitted()[0][0])
    assert len(b.submitted()) == 2  # it takes jobs again: no more waiting


def test_an_unknown_submission_is_asked_for_and_never_blindly_repeated(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s", error="killed after 60 s", unknown=True)
    assert b.states() == {"s": "UNKNOWN"}
    for _ in range(3):
        b.clock.advance(61)
        (find,) = b.handle()
        assert isinstance(find, Find)
        assert not b.submitted()
        b.handle(Found("scheduled", [(0, 1, {"error": "no answer"})]))
    b.clock.advance(61)
    b.handle()
    (read,) = b.handle(Found("scheduled", [(0, 1, {"absent": True})]))
    assert read == ReadAttemptFile(0, 1, void=True)
    b.settle("s", "void")
    assert b.submitted() == [("s", 2, "resubmission", "main")]


def test_an_unknown_submission_that_is_found_goes_on(bench):
    b = bench(StepPlan("s", resources=NODES))
    b.answer("s", error="killed after 60 s", unknown=True)
    b.clock.advance(61)
    b.handle()
    b.handle(Found("scheduled", [(0, 1, {"job": "77", "state": "PENDING"})]))
    assert b.states() == {"s": "PENDING"}
    b.end("s")
    assert b.states() == {"s": "FINISHED"}


def test_a_late_answer_of_a_dead_attempt_is_discarded(bench):
    b = bench(StepPlan("s", resources=NODES, failure={"retries": 1}))
    b.run("s", 1)
    assert b.submitted() == [("s", 2, "retry", "main")]
    b.handle(Answers("scheduled", [(0, 1, {"job": "late", "state": "RUNNING"})]))
    assert [name for name, _ in b.effects.notes] == ["late_answer"]
    assert b.state.job[0] is None
    assert not b.effects.records


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


def test_a_job_that_ended_before_its_submission_was_answered_has_its_end_from_the_poll(bench):
    b = bench(StepPlan("a"))
    b.answer("a", job="7", state="FINISHED")
    assert b.effects.records == [
        {"kind": "submitted", "time": b.clock.wall_ms, "jobs": [(0, 1, "7", "RUNNING")]}
    ]
    b.end("a")
    assert b.states() == {"a": "FINISHED"}


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


def test_a_mistake_of_ours_is_told_with_the_instance(bench):
    b = bench(StepPlan("a"))
    b.run("a")
    with pytest.raises(IllegalTransitionError, match="a may not go from FINISHED to RUNNING"):
        b.machine._step.row(0, RUNNING)


def test_what_a_dead_conductor_left_is_looked_up_before_anything_starts(bench):
    b = bench(StepPlan("a", ["x"] * 2), StepPlan("s", resources=NODES), local_slots=1)
    b.answer("s", job="9", state="PENDING")
    heir = Machine(b.graph, b.state, local_slots=1)
    effects = heir.start(b.now)
    assert effects.instructions == [Find("local", [(0, 1, "m3f9a0c2d71e8.0.1")])]
    assert heir.queues["scheduled"].jobs == {"9": 2}
    heir.handle([Found("local", [(0, 1, {"job": "4711", "state": "RUNNING"})])], b.now)
    assert b.states() == {"a_N.0": "RUNNING", "a_N.1": "QUEUED", "s": "PENDING"}
