"""Requests to a conductor.

A fault here would be a request that the conductor reads differently, or that it finds half written.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maestro_cli.errors import StudyError
from maestro_cli.study.requests import Limits, request_resume, request_update, taken
from maestro_conductor.workspace.request_parsing import parse_resume, parse_update

NUMBERS = st.none() | st.integers(0, 10**6)


def test_an_update_is_read_by_the_conductor_as_it_was_meant(tmp_path: Path) -> None:
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(NUMBERS, NUMBERS, NUMBERS | st.floats(0, 1e6))
    def check(throttle: int | None, rlimit: int | None, sleep: float | None) -> None:
        path = request_update(tmp_path, Limits(throttle, rlimit, sleep))
        asked = parse_update(path.read_bytes())
        assert (asked.throttle, asked.rlimit, asked.sleep) == (throttle, rlimit, sleep)
        assert set(yaml.safe_load(path.read_bytes())) == {"throttle", "rlimit", "sleep"}

    check()
    assert [path.name for path in tmp_path.iterdir()] == [".study.update.lock"]


@pytest.mark.parametrize("steps", [None, ["a", "b_*"]])
def test_a_resume_is_read_by_the_conductor_as_it_was_meant(
    tmp_path: Path, steps: list[str] | None
) -> None:
    (tmp_path / ".maestro").mkdir()
    path = request_resume(tmp_path, steps, Limits(rlimit=0))
    names, asked = parse_resume(path.read_bytes())
    assert names == (None if steps is None else tuple(steps))
    assert (asked.throttle, asked.rlimit, asked.sleep) == (None, 0, None)
    assert json.loads(path.read_text())["request"] == "resume"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_request_that_nobody_takes(tmp_path: Path) -> None:
    path = request_update(tmp_path, Limits(throttle=1))
    assert not taken(path, patience=0)
    path.unlink()
    assert taken(path, patience=0)


def test_a_request_that_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    (tmp_path / ".study.update.lock").mkdir()  # nothing can be renamed to this
    with pytest.raises(StudyError) as caught:
        request_update(tmp_path, Limits(rlimit=1))
    assert str(tmp_path / ".study.update.lock") in caught.value.message
    assert [path.name for path in tmp_path.iterdir()] == [".study.update.lock"]


def test_zero_is_a_value() -> None:
    assert Limits(throttle=0)
    assert not Limits()
    assert str(Limits(throttle=0, sleep=0)) == "throttle 0 (no limit), sleep 0"
