"""Would catch an answer of an adapter that is read wrongly, or one of a wrong type that is believed."""

from __future__ import annotations

import pytest

from maestro_conductor.core.answers import code_of, milliseconds_of, submitted_row, text_of


def test_what_is_said_is_read():
    answer = {"exit_code": 3, "reason": "why", "ended": 1.5, "started": 2}
    assert code_of(answer) == 3
    assert text_of(answer, "reason") == "why"
    assert milliseconds_of(answer, "ended") == 1500
    assert milliseconds_of(answer, "started") == 2000


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"exit_code": None, "reason": None, "ended": None},
        {"exit_code": "3", "reason": 7, "ended": "soon"},
        {"ended": 0},
    ],
)
def test_what_is_not_said_or_is_of_another_type_counts_as_not_said(answer):
    assert code_of(answer) is None
    assert text_of(answer, "reason") is None
    assert milliseconds_of(answer, "ended") is None


@pytest.mark.parametrize(
    ("word", "state"), [("PENDING", "PENDING"), ("RUNNING", "RUNNING"), ("FINISHED", "RUNNING")]
)
def test_a_job_that_has_ended_is_submitted_as_running(word, state):
    assert submitted_row(4, 2, {"job": "77", "state": word}) == (4, 2, "77", state)
