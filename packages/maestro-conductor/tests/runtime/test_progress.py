"""A progress bar that stands still, that shows an end twice, or that slows the study down."""

from __future__ import annotations

import pytest

from maestro_conductor.model import records
from maestro_conductor.runtime.progress import ProgressReporter
from maestro_conductor.testing import StepPlan


@pytest.fixture
def shell(make_shell):
    return make_shell(StepPlan("s", ["x"] * 300))


@pytest.fixture
def reports():
    return []


@pytest.fixture
def reporter(shell, reports):
    return ProgressReporter(shell.context.graph, shell.state, reports.append)


@pytest.fixture
def end(shell, reporter):
    """Some instances fail."""

    def end(*instances):
        record = records.state(1, [[i, 0, "FAILED", 1, None, None] for i in instances])
        for i in instances:
            shell.state.submitted[i] = 1
        shell.state.apply(record)
        reporter.follow(record)

    return end


def test_ends_are_told_once_with_the_counts(reporter, reports, end):
    end(0, 1)
    reporter.work(1.0, None)
    end(2)
    reporter.work(2.0, None)
    assert [report.ended for report in reports] == [
        (("s_N.0", "FAILED"), ("s_N.1", "FAILED")),
        (("s_N.2", "FAILED"),),
    ]
    assert (reports[-1].counts["FAILED"], reports[-1].total) == (3, 300)


def test_what_never_ran_is_counted_apart_and_not_told(shell, reporter, reports, end):
    end(0)
    record = records.state(1, [[i, 0, "FAILED", 1, None, "after s_N.0 failed"] for i in (1, 2)])
    shell.state.apply(record)
    reporter.follow(record)
    reporter.work(1.0, None)
    assert reports[0].ended == (("s_N.0", "FAILED"),)
    (step,) = reports[0].steps()
    assert (step.name, step.total, step.blocked) == ("s", 300, 2)
    assert (step.counts["FAILED"], sum(step.counts.values())) == (3, 300)


def test_many_ends_are_told_by_their_number_and_the_last_hundred(reporter, reports, end):
    end(*range(250))
    reporter.work(1.0, None)
    assert len(reports[0].ended) == 100
    assert reports[0].ended[-1][0] == "s_N.249"
    assert reports[0].counts["FAILED"] == 250


def test_reports_are_a_quarter_of_a_second_apart_but_the_last_is_not_waited_for(
    reporter, reports, end
):
    reporter.work(1.0, None)
    end(0)
    reporter.work(1.1, None)
    assert len(reports) == 1
    reporter.work(1.25, None)
    assert len(reports) == 2
    reporter.work(2.0, None)  # nothing has changed
    assert len(reports) == 2
    end(1)
    reporter.work(2.1, "full", last=True)
    assert reports[-1].paused == "full"
    assert len(reports) == 3


def test_without_an_observer_nothing_is_collected(shell):
    reporter = ProgressReporter(shell.context.graph, shell.state, None)
    reporter.follow(records.state(1, [[0, 0, "FAILED", 1, None, None]]))
    reporter.work(1.0, None, last=True)
