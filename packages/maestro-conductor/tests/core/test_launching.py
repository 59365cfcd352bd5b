"""Would catch a submission that is repeated blindly, given up too soon, or asked too often."""

from __future__ import annotations

from maestro_conductor.core.events import (
    Answers,
    Found,
)
from maestro_conductor.core.instructions import Find, ReadAttemptFile
from maestro_conductor.model.settings import Settings
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


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
