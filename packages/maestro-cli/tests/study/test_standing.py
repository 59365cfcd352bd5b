"""How far a study is in time.

A fault here would be a job that counts as started and waits, or idle time that is called work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.study.standing import blocked_by, standing, time_left
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]
PENDING = [
    records.intent(T0 + 2000, [records.IntentRow(2, 1, "m0.2.1", "first", "main")]),
    records.submitted(T0 + 2500, [records.SubmittedRow(2, 1, "1002", "PENDING")]),
]


def test_the_time_left(history: History) -> None:
    root = history([*attempt(0, "FINISHED", 0), *attempt(1, "RUNNING", None)[:2]])
    assert time_left(open_study(root), T0 + 91_500) is None  # nobody runs it
    with hold(root) as held:
        left = time_left(open_study(root), T0 + 91_500)
        # Five more of 90 s each, one at a time.
        assert left is not None
        assert (left.left, left.finished) == (450.0, 1)
        held.note(None, "no room", T0)
        assert time_left(open_study(root), T0 + 91_500) is None


def test_there_is_no_estimate_before_anything_has_finished(history: History) -> None:
    root = history(attempt(0, "RUNNING", None)[:2])
    with hold(root):
        assert time_left(open_study(root), T0 + 60_000) is None


def test_what_has_started_is_told_from_what_was_submitted(history: History) -> None:
    root = history([*attempt(0, "RUNNING", None)[:2], *PENDING])
    how = standing(open_study(root), T0 + 60_000)
    assert (how.started, how.waiting) == (1, 1)
    assert how.began == T0


def test_idle_time_is_no_work(history: History) -> None:
    late = [{**record, "time": record["time"] + 600_000} for record in attempt(1, "RUNNING", None)]
    root = history([*attempt(0, "FINISHED", 0), *late[:2]])
    with hold(root):
        how = standing(open_study(root), T0 + 700_000)
    assert how.worked == 90.5 + 99
    assert how.idle == 601 - 90.5
    assert how.ended is None


def test_who_is_in_the_way(failed: Path) -> None:
    study = open_study(failed)
    assert blocked_by(study, 4) == "make_N.2"
    study.known.reason.clear()  # as an older conductor left it
    assert blocked_by(study, 6) == "make_N.2"
