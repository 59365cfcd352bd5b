"""Outlines of studies in workspaces.

A fault here would be a picture with yesterday's states.
"""

from __future__ import annotations

from pathlib import Path

from maestro_cli.study.outline import outline_of
from maestro_cli.study.workspace_view import open_study


def test_it_has_the_states_of_the_journal(failed: Path) -> None:
    outline = outline_of(open_study(failed))
    assert [(step.name, step.size) for step in outline.steps] == [
        *[("make", 3), ("post", 3), ("collect", 1)]
    ]
    assert outline.counts(0, 3) == {"FINISHED": 2, "FAILED": 1}
    assert list(outline.needs(4)) == [1]
    assert list(outline.groups(6)) == [1]
    assert list(outline.groups(0)) == []


def test_what_may_run_is_told_from_what_waits(staged: Path) -> None:
    outline = outline_of(open_study(staged))
    assert outline.counts(0, 7) == {"QUEUED": 3, "INITIALIZED": 4}
