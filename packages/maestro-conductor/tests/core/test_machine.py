"""Would catch a study that ends otherwise than docs/step-states.md says, or takes no notice of an event."""

from __future__ import annotations

from typing import get_args

import pytest

from maestro_conductor.core.events import CancelAsked, Event, ResumeAsked, ScriptsWritten
from maestro_conductor.testing import StepPlan

NODES = {"nodes": 1}


def outcomes(page):
    """The rows of the page: state and exit code of a study."""
    part = page.split("## The end of the study\n")[1]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
    return [(state, int(code)) for _, state, code in rows]


def test_a_study_ends_as_the_page_says_row_by_row(bench, repository_file):
    plans = StepPlan("a", failure={"allow_failure": True}), StepPlan("s", resources=NODES)
    cancelled = bench(*plans)
    cancelled.run("a", 1)
    cancelled.handle(CancelAsked())
    cancelled.answer("s", error="no such account")
    failed = bench(*plans)
    failed.run("a", 1)
    failed.run("s")
    outside = bench(*plans)
    outside.run("a")
    outside.answer("s")
    outside.poll("s", "CANCELLED")
    outside.settle("s", "started")
    dry = bench(*plans, dry=True)
    dry.handle(ScriptsWritten([(0, None), (1, None)]))
    finished = bench(*plans)
    finished.run("a")
    finished.run("s")
    made = [b.state.outcome for b in (cancelled, failed, outside, dry, finished)]
    assert made == outcomes(repository_file("docs/step-states.md"))


def test_a_study_that_ended_goes_on_only_when_it_is_resumed(bench):
    b = bench(StepPlan("a"))
    b.run("a", 1)
    b.clock.advance(1000)
    assert b.handle(CancelAsked()) == []
    assert (b.state.outcome, b.effects.records) == (("FAILED", 2), [])
    b.handle(ResumeAsked([0]))
    assert b.state.outcome is None


@pytest.mark.parametrize("kind", get_args(Event))
def test_each_event_has_its_part(bench, kind):
    assert kind in bench(StepPlan("a")).machine._handlers
