"""Walltimes: what a text means, and how seconds are written.

A fault here would be a job that is stopped before its time, as minutes were taken for hours.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_adapters.errors import WalltimeError
from maestro_adapters.job import walltime


def test_vectors(vectors):
    table = vectors("walltimes.json")
    assert len(table["walltimes"]) > 10
    for case in table["walltimes"]:
        assert walltime.parse(case["text"]) == case["seconds"], case
        assert walltime.parse(case["text"], pair="hours") == case["lsf_seconds"], case
    for text in table["not_walltimes"]:
        with pytest.raises(WalltimeError, match="no walltime"):
            walltime.parse(text)


@pytest.mark.parametrize("text", ["00:00", "0:00:00", "0-0", "0s", "0.0h"])
def test_zero_in_any_form_is_no_limit(text):
    assert walltime.parse(text) is None


@pytest.mark.parametrize(
    ("seconds", "clock", "days", "minutes"),
    [
        (1, "00:00:01", "00:00:01", "00:01"),
        (59.2, "00:01:00", "00:01:00", "00:01"),
        (61, "00:01:01", "00:01:01", "00:02"),
        (3600, "01:00:00", "01:00:00", "01:00"),
        (86399, "23:59:59", "23:59:59", "24:00"),
        (86400, "24:00:00", "1-00:00:00", "24:00"),
        (131400, "36:30:00", "1-12:30:00", "36:30"),
        (360000, "100:00:00", "4-04:00:00", "100:00"),
    ],
)
def test_written(seconds, clock, days, minutes):
    assert walltime.clock(seconds) == clock
    assert walltime.days_and_clock(seconds) == days
    assert walltime.hours_and_minutes(seconds) == minutes


@given(st.floats(0.001, 10**7))
def test_what_is_written_is_never_shorter(seconds):
    for text in (walltime.clock(seconds), walltime.days_and_clock(seconds)):
        assert seconds <= walltime.parse(text) < seconds + 1
    assert (
        seconds <= walltime.parse(walltime.hours_and_minutes(seconds), pair="hours") < seconds + 60
    )


@given(st.text(alphabet="0123456789:-.smhdinf ", max_size=12))
def test_any_text_is_a_walltime_or_an_error(text):
    try:
        seconds = walltime.parse(text)
    except WalltimeError:
        return
    assert seconds is None or seconds > 0
