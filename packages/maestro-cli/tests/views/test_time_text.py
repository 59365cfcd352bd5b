"""A duration that is shown as another than that of `status.csv`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maestro_cli.views.time_text import duration, short_duration


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


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (356400, "4 d 3 h")],
)
def test_durations_in_prose(seconds: float, text: str) -> None:
    assert short_duration(seconds) == text
