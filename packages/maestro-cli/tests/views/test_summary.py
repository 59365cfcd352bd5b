"""A study in one line.

A fault here would be a count, a percentage or an age that misleads about how far a study is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt
from maestro_cli.ui.style import Paint
from maestro_cli.views.summary import lasted, line
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]


def test_a_study_in_a_line(failed: Path) -> None:
    text = line(open_study(failed), paint=Paint(on=False), now=T0)
    assert text == "FAILED     100 %  OUT  4 finished, 2 blocked, 1 failed  (1 min 36 s)"


def test_the_age_counts_while_the_study_runs(history: History, staged: Path) -> None:
    assert lasted(open_study(staged), T0) == 0
    root = history(attempt(0, "RUNNING", None)[:2])
    assert lasted(open_study(root), T0 + 60_000) == 0  # nobody runs it
    with hold(root):
        assert lasted(open_study(root), T0 + 60_500) == 60.5
