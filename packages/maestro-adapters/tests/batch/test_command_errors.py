"""What the failure of a command means for a submission and for a cancellation.

A fault here would be a job that is submitted twice (an answer that was lost is taken for a refusal), or
one that is never tried again (an outage is).
"""

import re

import pytest

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.process.runner import Result

PATTERNS = ErrorPatterns(
    limit=re.compile("too many"), away=re.compile("away"), lost=re.compile("no reply")
)


def result(stderr, exit_code=1, problem=None):
    return Result(("put", "x"), exit_code, stderr=stderr, problem=problem)


@pytest.mark.parametrize(
    ("failed", "transient", "unknown"),
    [
        (result("no such option"), False, False),
        (result("too many"), True, False),
        (result("too many, no reply"), True, False),
        (result("it is away"), True, False),
        (result("no reply"), True, True),
        (result("", None, "timeout"), True, True),
        (result("no such file", None, "missing"), False, False),
        (result("welcome", 0), True, True),  # it ended well, and printed no id
    ],
)
def test_a_submission_that_did_not_give_a_job(failed, transient, unknown):
    answer = PATTERNS.submit_answer(failed, None)
    assert (answer["transient"], answer["unknown"]) == (transient, unknown)
    assert answer["command"] == ["put", "x"]
    assert answer["output"] == failed.stderr


def test_an_id_counts_only_where_the_command_ended_well():
    assert PATTERNS.submit_answer(result("", 0), "7") == {"job": "7", "state": "PENDING"}
    assert "error" in PATTERNS.submit_answer(result("job 7 refused"), "7")


def test_a_limit_is_named():
    assert "the site takes no more jobs for now" in str(PATTERNS.error_of(result("too many")))


def test_a_cancellation_tells_of_each_job():
    answers = PATTERNS.cancel_answers(["1", "2"], result("no reply"), {"2"})
    assert answers["2"] == {"cancelled": True}
    # Nothing is made by a cancellation: it can be asked again.
    assert (answers["1"]["transient"], answers["1"]["unknown"]) == (True, False)
