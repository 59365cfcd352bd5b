"""A line per instance, in words.

A fault here would be a state that is called by another one's name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0
from maestro_cli.ui.style import Paint
from maestro_cli.views.instance_list import choose, describe, lines
from maestro_cli.views.table import cells


def test_neither_failures_nor_what_runs_hides_the_other() -> None:
    found = {"failed": range(100), "running": range(100, 200), "finished": [200]}
    assert choose(found, 4) == [0, 1, 100, 101]
    assert choose({**found, "running": [100]}, 4) == [0, 1, 2, 100]
    assert choose({**found, "failed": [0], "running": [100]}, 4) == [0, 100, 200]
    assert len(choose(found, None)) == 201


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "failed: exit code 7"),
        ({"exit_code": 137}, "failed: signal SIGKILL"),
        ({"exit_code": None, "reason": "ended by SIGSEGV"}, "failed: signal SIGSEGV"),
        ({"exit_code": None, "job": None, "reason": "bad\x1b"}, None),
        ({"state": "TIMEDOUT", "exit_code": None}, "failed: time-out"),
        ({"state": "HWFAILURE", "reason": "n3"}, "failed: node failure: n3"),
        ({"submitted": None, "reason": "after make_N.1 failed"}, "blocked by make_N.2"),
        ({"state": "RUNNING"}, "running, job 1001"),
        ({"state": "FINISHING"}, "ending, job 1001"),
        ({"state": "PENDING", "reason": "Priority"}, "queued, job 1001: Priority"),
        ({"state": "QUEUED"}, "queued: may run"),
        ({"state": "QUEUED", "held": True}, "held"),
        ({"state": "WAITING", "reason": "limit"}, "tried again later: limit"),
        ({"state": "UNKNOWN"}, "being asked for"),
        ({"state": "CANCELLED"}, "cancelled"),
        ({"state": "CANCELLED", "reason": "after a was cancelled"}, "cancelled: blocked by a"),
        ({"state": "SKIPPED"}, "skipped"),
        ({"state": "DRYRUN"}, "not run: a dry run"),
        ({"state": "FINISHED"}, "finished 10:01:31"),
    ],
)
def test_each_state_in_words(failed: Path, fields: dict[str, object], told: str | None) -> None:
    study = open_study(failed)
    number = 4 if "submitted" in fields else 1  # of which the study knows who is in its way
    instance = study.instances([1])[0]._replace(number=number, **fields)
    text = describe(study, instance, T0)[1]
    assert text == (told or "failed: refused by the scheduler: bad\\x1b")


@pytest.mark.parametrize("width", [20, 40, 60, 99, 100, 150, None])
def test_more_room_shows_more(failed: Path, width: int | None) -> None:
    study = open_study(failed)
    paint = Paint(on=False)
    found = list(lines(study, study.instances(), now=T0, width=width, paint=paint, unicode=True))
    assert ("time" in found[0]) is (width is None or width >= 40)
    assert ("started" in found[0]) is (width is None or width >= 100)
    assert ("folder" in found[0]) is (width is None or width >= 150)
    assert width is None or max(map(cells, found)) <= width
    assert list(lines(study, [], now=T0, width=width, paint=paint, unicode=True)) == []
