"""Would catch a pause that is forgotten, ends early, or keeps a search from being made."""

from __future__ import annotations

from maestro_conductor.core.events import CancelAsked, Found, ResumeAsked
from maestro_conductor.core.instructions import Find
from maestro_conductor.testing import StepPlan

PAUSED = {"retries": 2, "retry_pause": 10}


def test_what_is_due_first_is_done_first(bench):
    b = bench(StepPlan("a", failure=PAUSED), StepPlan("b", failure={**PAUSED, "retry_pause": 4}))
    b.run("a", 1)
    b.run("b", 1)
    assert b.machine.next_timer() == b.clock.steady_s + 4
    b.clock.advance(4)
    b.handle()
    assert b.submitted() == [("b", 2, "retry", "main")]
    assert b.machine.next_timer() == b.clock.steady_s + 6


def test_a_search_is_repeated_until_there_is_an_answer(bench):
    b = bench(StepPlan("s", resources={"nodes": 1}))
    b.answer("s", error="no answer", unknown=True)
    searches = 0
    for _ in range(3):
        b.clock.advance(61)
        searches += b.handle() == [Find("scheduled", [(0, 1, "m3f9a0c2d71e8.0.1")])]
        b.handle(Found("scheduled", [(0, 1, {"error": "no answer"})]))
    assert searches == 3
    b.clock.advance(61)
    b.handle()
    b.handle(Found("scheduled", [(0, 1, {"job": "7", "state": "RUNNING"})]))
    b.clock.advance(61)
    assert b.handle() == []


def test_a_cancelled_study_and_a_resumed_step_pause_no_longer(bench):
    b = bench(StepPlan("a", failure=PAUSED))
    b.run("a", 1)
    b.handle(CancelAsked())
    assert b.machine.next_timer() is None
    assert b.states() == {"a": "CANCELLED"}
    b.handle(ResumeAsked([0]))
    assert b.submitted() == [("a", 2, "resume", "main")]
