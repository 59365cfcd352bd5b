"""Requests for parts of a study, as they are made where no conductor runs.

A fault here would be a request for what nobody named, one that changes nothing and stays, or a
command that says that something was done though it was not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.errors import StudyError
from maestro_cli.study.part_requests import Word, ask_for, concerned, run_part
from maestro_cli.study.requests import request_part, waiting
from maestro_cli.study.selection import EVERYTHING, Selection
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


@pytest.fixture
def begun(history: History) -> Path:
    """`make_N.1` has finished, `make_N.2` runs, `make_N.x` is held, `post_N.1` was skipped."""
    return history(
        [
            *attempt(0, "FINISHED", 0),
            *attempt(1, "RUNNING", None)[:2],
            records.held(T0, [2]),
            records.skipped(T0, [3]),
        ]
    )


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        ("hold", [1, 4, 5, 6]),
        ("release", [2]),
        ("skip", [1, 2, 4, 5, 6]),
        ("cancel", [1, 2, 4, 5, 6]),
    ],
)
def test_what_each_request_concerns(begun: Path, word: Word, numbers: list[int]) -> None:
    found = concerned(open_study(begun), word, EVERYTHING)
    assert [each.number for each in found] == numbers


def test_a_request_waits_where_no_conductor_runs(begun: Path) -> None:
    record = ask_for(open_study(begun), "hold", Selection(("post",), ("N=2",)))
    assert (record["effect"], record["instances"]) == ("waiting", 1)
    assert record["message"] == (
        "1 instance will be held once the study goes on: no conductor is alive"
        f" (maestro resume {begun})"
    )
    (request,) = waiting(begun)
    assert json.loads(request.read_text()) == {
        "request": "hold",
        "steps": ["post"],
        "where": ["N=2"],
    }


def test_nothing_is_asked_where_nothing_would_change(begun: Path) -> None:
    record = ask_for(open_study(begun), "release", Selection(("post",)))
    assert (record["effect"], record["instances"]) == ("none", 0)
    assert record["message"] == "nothing was released: nothing of that is held"
    assert waiting(begun) == []


def test_what_waits_may_change_that(begun: Path) -> None:
    request_part(begun, "hold", Selection(("post",)))
    assert ask_for(open_study(begun), "release", Selection(("post",)))["effect"] == "waiting"
    assert len(waiting(begun)) == 2


def test_what_fits_nothing_is_refused_before_it_is_asked_for(begun: Path) -> None:
    with pytest.raises(StudyError) as caught:
        run_part(str(begun), "hold", Selection(("maek",)), as_json=False)
    assert caught.value.hint == "did you mean make?"
    assert waiting(begun) == []


def test_a_study_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "EMPTY").mkdir()
    for word in ("hold", "release"):
        assert app.main([word, "EMPTY"]) == 1
        assert "EMPTY is not a study" in capsys.readouterr().err
