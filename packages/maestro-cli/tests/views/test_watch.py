"""The estimate of the time left.

A fault here would be a time that nobody can plan with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt
from maestro_cli.views.watch import time_left
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]


def test_the_time_left(history: History) -> None:
    root = history([*attempt(0, "FINISHED", 0), *attempt(1, "FINISHED", 0)])
    assert time_left(open_study(root), T0 + 91_500) is None  # nobody runs it
    with hold(root):
        study = open_study(root)
        assert study.state == "RUNNING"
        left = time_left(study, T0 + 91_500)
    # Five more of 90 s each, about two at a time.
    assert left is not None
    assert 200 < left < 250


def test_there_is_no_estimate_before_anything_has_ended(history: History) -> None:
    root = history(attempt(0, "RUNNING", None)[:2])
    with hold(root):
        assert time_left(open_study(root), T0 + 60_000) is None
