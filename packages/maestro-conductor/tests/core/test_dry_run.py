"""Would catch a dry run that submits, forgets an instance, or writes all scripts in one go."""

from __future__ import annotations

from maestro_conductor.core.events import ResumeAsked, ScriptsWritten
from maestro_conductor.core.instructions import WriteScripts
from maestro_conductor.testing import StepPlan


def written(b, error=None):
    """Answers what the last call wants to be written."""
    (item,) = b.effects.instructions
    assert isinstance(item, WriteScripts)
    b.handle(ScriptsWritten([(i, error) for i in item.instances]))
    return item.instances


def test_all_scripts_are_written_in_batches_and_nothing_is_submitted(bench):
    b = bench(StepPlan("a", ["x"] * 150), StepPlan("b", ["x"] * 150, needs=["a"]), dry=True)
    batches = [written(b), written(b)]
    assert [i for batch in batches for i in batch] == list(range(300))
    assert len(batches[0]) == 200
    assert set(b.states().values()) == {"DRYRUN"}
    assert b.state.outcome == ("DRYRUN", 0)
    assert not b.state.attempt[0]


def test_a_script_that_cannot_be_written_fails_its_step(bench):
    b = bench(StepPlan("a"), dry=True)
    written(b, "no such launcher")
    assert (b.states(), b.reason("a")) == ({"a": "FAILED"}, "no such launcher")


def test_a_resume_ends_the_dry_run(bench):
    b = bench(StepPlan("a"), dry=True)
    written(b)
    b.handle(ResumeAsked([0]))
    assert b.submitted() == [("a", 1, "first", "main")]
