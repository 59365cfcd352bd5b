"""Requests to a conductor.

A fault here would be a request that the conductor reads differently, or that it finds half written.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maestro_cli.errors import StudyError
from maestro_cli.study.requests import (
    Limits,
    any_waiting,
    request_cancel,
    request_part,
    request_resume,
    request_update,
    waiting,
)
from maestro_cli.study.selection import EVERYTHING, Selection
from maestro_conductor.workspace.request_parsing import parse_request

NUMBERS = st.none() | st.integers(0, 10**6)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".maestro").mkdir()
    return tmp_path


def test_an_update_is_read_by_the_conductor_as_it_was_meant(root: Path) -> None:
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(NUMBERS, NUMBERS, NUMBERS | st.floats(0, 1e6))
    def check(throttle: int | None, rlimit: int | None, sleep: float | None) -> None:
        path = request_update(root, Limits(throttle, rlimit, sleep))
        asked = parse_request(path.read_bytes()).settings
        assert asked is not None
        assert (asked.throttle, asked.rlimit, asked.sleep) == (throttle, rlimit, sleep)
        path.unlink()

    check()
    assert [path.name for path in root.iterdir()] == [".maestro"]


def test_slots_and_batch_keys_reach_the_conductor(root: Path) -> None:
    path = request_update(root, Limits(local_slots=3, batch={"queue": "long", "bank": None}))
    asked = parse_request(path.read_bytes()).settings
    assert asked is not None
    assert (asked.local_slots, asked.batch) == (3, {"queue": "long", "bank": None})


@pytest.mark.parametrize("word", ["hold", "release", "skip", "cancel", "resume"])
@pytest.mark.parametrize(
    "selection", [Selection(("a", "b_*")), Selection(where=("N>=3",)), Selection(("a",), ("N=1",))]
)
def test_a_selection_is_read_by_the_conductor_as_it_was_meant(
    root: Path, word: str, selection: Selection
) -> None:
    if word == "resume":
        path = request_resume(root, selection, Limits(rlimit=0))
    else:
        path = request_part(root, word, selection)
    asked = parse_request(path.read_bytes())
    assert (asked.kind, asked.selection.steps) == (word, selection.names)
    assert asked.selection.where == selection.where
    assert waiting(root) == [path]
    assert any_waiting(root)


def test_what_waits_for_a_conductor(root: Path) -> None:
    assert not any_waiting(root)
    request_cancel(root)
    assert any_waiting(root)
    assert waiting(root) == []
    path = request_part(root, "hold", EVERYTHING)
    (path.parent / ".half-written.tmp").touch()
    assert waiting(root) == [path]
    assert json.loads(path.read_text()) == {"request": "hold", "steps": None, "where": None}


def test_a_request_that_cannot_be_written_is_one_message(root: Path) -> None:
    folder = root / ".maestro/requests"
    folder.write_text("a file where a folder should be")
    with pytest.raises(StudyError) as caught:
        request_update(root, Limits(rlimit=1))
    assert str(folder) in caught.value.message
    with pytest.raises(StudyError) as caught:
        request_cancel(root / "gone")
    assert str(root / "gone/.cancel.lock") in caught.value.message


def test_nothing_is_made_where_a_link_leads_out(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("outside") / "elsewhere"
    (root / ".cancel.lock").symlink_to(elsewhere)
    assert request_cancel(root) == root / ".cancel.lock"  # whatever it is, it is the request
    assert not elsewhere.exists()
    elsewhere.mkdir()
    (root / ".maestro/requests").symlink_to(elsewhere)
    with pytest.raises(StudyError, match="link out of the workspace"):
        request_update(root, Limits(rlimit=1))
    assert list(elsewhere.iterdir()) == []


def test_zero_is_a_value() -> None:
    assert Limits(throttle=0)
    assert not Limits()
    assert str(Limits(throttle=0, sleep=0)) == "throttle 0 (no limit), sleep 0"
    assert str(Limits(batch={"queue": "long", "bank": None})) == "queue long, bank as in the study"
