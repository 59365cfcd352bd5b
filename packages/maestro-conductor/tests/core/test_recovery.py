"""Would catch a second start of what a dead conductor left in flight."""

from __future__ import annotations

from maestro_conductor.core.events import Found
from maestro_conductor.core.instructions import Find, Submit
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.journal.compaction import summary
from maestro_conductor.journal.replay import replay
from maestro_conductor.model import records
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def test_what_a_dead_conductor_left_is_looked_up_before_anything_starts(bench):
    b = bench(StepPlan("a", ["x"] * 2), StepPlan("s", resources=NODES), local_slots=1)
    b.answer("s", job="9", state="PENDING")
    heir = Machine(b.graph, b.state, local_slots=1)
    effects = heir.start(b.now)
    assert effects.instructions == [Find("local", [(0, 1, "m3f9a0c2d71e8.0.1")])]
    assert heir.queues["scheduled"].jobs == {"9": 2}
    heir.handle([Found("local", [(0, 1, {"job": "4711", "state": "RUNNING"})])], b.now)
    assert b.states() == {"a_N.0": "RUNNING", "a_N.1": "QUEUED", "s": "PENDING"}


def copied(state):
    state.apply(records.opened(1, "h", "b", 2, "1", "/copy", "c0c0c0c0c0c0"))


def test_what_was_under_way_in_the_original_is_lost_to_a_copy_and_nobody_asks_for_it(bench):
    b = bench(StepPlan("a", ["x"] * 2), StepPlan("s", resources=NODES), local_slots=1)
    b.answer("s", job="9", state="RUNNING")
    copied(b.state)
    heir = Machine(b.graph, b.state, local_slots=1)
    effects = heir.start(b.now)
    assert effects.instructions == []
    assert not heir.queues["scheduled"].jobs
    assert b.states() == {"a_N.0": "QUEUED", "a_N.1": "QUEUED", "s": "QUEUED"}
    submits = [i for i in heir.handle([], b.now).instructions if isinstance(i, Submit)]
    assert {job.token for submit in submits for job in submit.jobs} == {
        "mc0c0c0c0c0c0.0.2",
        "mc0c0c0c0c0c0.2.2",
    }


def test_a_copy_keeps_its_own_attempts(bench):
    b = bench(StepPlan("s", resources=NODES))
    state = StudyState(1, "3f9a0c2d71e8")
    copied(state)
    state.apply(records.intent(2, [records.IntentRow(0, 1, state.token(0, 1), "first", "main")]))
    state.apply(records.submitted(2, [records.SubmittedRow(0, 1, "9", "RUNNING")]))
    copied(state)
    for known in (state, replay(StudyState(1, "3f9a0c2d71e8"), summary(state, 3))):
        heir = Machine(b.graph, known)
        heir.start(b.now)
        assert heir.queues["scheduled"].jobs == {"9": 0}
        assert known.own_id == "c0c0c0c0c0c0"
