"""Durations and moments as people read them.

A fault here would be a time that is off by a unit, or differs from what `status.csv` says.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maestro_cli.testing import T0
from maestro_cli.views.time_text import Moments, duration, moment, short_duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "--:--:--"),
        (-1, "0d:00h:00m:00s"),
        (59.9, "0d:00h:00m:59s"),
        (3661, "0d:01h:01m:01s"),
        (90_061, "1d:01h:01m:01s"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (356_400, "4 d 3 h"),
    ],
)
def test_durations_in_prose(seconds: float, text: str) -> None:
    assert short_duration(seconds) == text


def test_moments() -> None:
    moments = Moments()
    for at, text in (
        (None, "--"),
        (T0 + 999, "2026-11-22 10:00:00"),
        (T0 + 1000, "2026-11-22 10:00:01"),
    ):
        assert moment(at) == moments(at) == moments(at) == text


def test_durations_are_those_of_the_vectors() -> None:
    for folder in Path(__file__).resolve().parents:
        path = folder / "docs/workspace-format/vectors/durations.json"
        if path.exists():
            break
    else:
        pytest.skip("the shared vectors are not part of a source distribution")
    cases = json.loads(path.read_text(encoding="utf-8"))["durations"]
    assert cases
    for case in cases:
        assert duration(case["ms"] / 1000) == case["text"], case
    assert duration(None) == "--:--:--"
