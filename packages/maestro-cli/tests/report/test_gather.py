"""What a report says of a study, gathered from its folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.report.content import EarlierAttempt, ResultTable
from maestro_cli.report.gather import gather
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


def test_it_has_what_the_workspace_has(failed: Path) -> None:
    report = gather(open_study(failed), now=T0, most_rows=100)
    assert (report.name, report.state, report.total, report.size) == ("chain", "FAILED", 7, 7)
    assert report.description == "three links"
    assert report.counts == {"FINISHED": 4, "FAILED": 3}
    assert [(step.name, step.size) for step in report.steps] == [
        ("make", 3),
        ("post", 3),
        ("collect", 1),
    ]
    facts = dict(report.facts)
    assert facts["At once"].startswith("5 at most")
    assert facts["Nothing ran for"].startswith("0 s")
    assert report.study_file is not None
    assert "three links" in report.study_file
    assert any("ended: FAILED" in line for line in report.history)
    assert "maestro-conductor, the latest" in report.versions


def test_failures_are_those_of_the_step_itself_with_the_end_of_its_log(failed: Path) -> None:
    report = gather(open_study(failed), now=T0, most_rows=100)
    (group,) = report.groups
    assert list(group.names) == ["make_N.2"]
    assert group.exit_code == 7
    assert group.log == "make/N.2/make_N.2.1001.err"
    assert group.lines == ["first", "\x1b[31mno luck\x1b[0m"]
    (finding,) = report.findings
    assert (finding.parameter, finding.value, finding.failed, finding.ended) == ("N", "2", 1, 1)


def test_a_study_that_was_never_started_has_a_report(staged: Path) -> None:
    report = gather(open_study(staged), now=T0, most_rows=100)
    assert report.state == "STAGED"
    assert report.counts == {"INITIALIZED": 4, "QUEUED": 3}
    assert report.groups == []
    assert report.taken == []


def test_attempts_before_the_latest_count_as_work(history: History) -> None:
    once = attempt(0, "FAILED", 1)
    again = [
        records.intent(T0 + 100_000, [records.IntentRow(0, 2, "m0.0.2", "retry", "main")]),
        records.submitted(T0 + 101_000, [records.SubmittedRow(0, 2, "7", "RUNNING")]),
        records.state(T0 + 111_000, [records.StateRow(0, 2, "FINISHED", T0 + 111_000, 0, None)]),
    ]
    report = gather(open_study(history([*once, *again])), now=T0, most_rows=100)
    assert report.earlier == [
        EarlierAttempt(0, T0, T0 + 500, T0 + 90_500, "FAILED"),
    ]
    facts = dict(report.facts)
    assert facts["Work"].startswith("1 min 40 s")
    assert facts["Nothing ran for"].startswith("10 s")  # between the two attempts
    assert facts["Attempts again"] == "1"
    queued = next(column for column in report.columns if column.name == "Queued")
    assert queued.values[0] == 1.0


def test_results_become_columns(failed: Path) -> None:
    results = ResultTable(["energy"], {0: [1.5]})
    report = gather(open_study(failed), now=T0, most_rows=3, results=results)
    energy = next(column for column in report.columns if column.name == "energy")
    assert len(energy.values) == report.size == 3
    assert energy.values[0] == 1.5


def test_a_study_file_that_is_a_pipe_is_left_out(failed: Path) -> None:
    (failed / ".maestro/study.yaml").unlink()
    os.mkfifo(failed / ".maestro/study.yaml")
    assert gather(open_study(failed), now=T0, most_rows=100).study_file is None
