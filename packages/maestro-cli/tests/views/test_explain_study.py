"""Why a study stands as it does.

A fault here would be a study that waits for something nobody is told of, or a wrong next step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt
from maestro_cli.views.explain_study import StudyExplanation, explain_study
from maestro_conductor.model import records
from maestro_conductor.model.settings import Settings
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]


def told_of(root: Path) -> StudyExplanation:
    study = open_study(root)
    study.mark_queued()
    return explain_study(study, now=T0 + 60_500)


def test_a_study_that_failed(failed: Path) -> None:
    told = told_of(failed)
    assert told.text == "FAILED: 4 finished, 2 blocked, 1 failed"
    assert told.more == ["Failed: exit code 7 (1).", "Blocked: by make_N.2 (2)."]
    assert [" ".join(words) for words, _ in told.next] == [
        "maestro status --failed OUT",
        "maestro logs OUT make_N.2",
        "maestro resume OUT",
    ]


def test_a_study_that_was_never_started(staged: Path) -> None:
    told = told_of(staged)
    assert told.more == ["It was never started."]
    assert told.next == [(("maestro", "resume", "OUT"), "Start it with")]


def test_a_study_that_runs(history: History) -> None:
    root = history(
        [
            records.settings(T0, "update", Settings(throttle=2)),
            *attempt(0, "RUNNING", None)[:2],
            records.intent(T0 + 2000, [records.IntentRow(1, 1, "m0.1.1", "first", "main")]),
            records.submitted(T0 + 2500, [records.SubmittedRow(1, 1, "1001", "PENDING")]),
            records.state(T0 + 2600, [[1, 1, "PENDING", T0 + 2600, None, "Priority"]]),
        ]
    )
    with hold(root):
        told = told_of(root)
    assert told.more == [
        "1 job has started; the longest runs for 1 min 0 s: make_N.1.",
        "1 submitted and not started: Priority (1).",
        "1 may run; the throttle lets 2 be submitted at once.",
        "4 wait for other steps to finish.",
    ]
    assert [" ".join(words) for words, _ in told.next] == [
        "maestro update --throttle 4 OUT",
        "maestro status --watch OUT",
    ]


def test_what_holds_it_back_is_said(history: History) -> None:
    root = history([*attempt(0, "RUNNING", None)[:2], records.held(T0, [1, 2])])
    with hold(root) as held:
        held.note("sbatch: down", None, T0)
        told = told_of(root)
    assert any("takes no jobs since" in text for text in told.more)
    assert "2 instances are held." in told.more
    assert (("maestro", "release", "OUT"), "Let go with") in told.next
