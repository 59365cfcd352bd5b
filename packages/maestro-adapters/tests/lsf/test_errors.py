"""What failed commands of LSF mean.

A fault here would be a step that fails as its job had just ended, or one that waits for a queue that
does not exist.
"""

import pytest

from maestro_adapters.lsf import errors
from maestro_adapters.process.runner import Result


def failed(stderr, problem=None):
    return Result(("bkill",), None if problem else 255, stderr=stderr, problem=problem)


@pytest.mark.parametrize(
    ("line", "accepted"),
    [
        ("Job <2> is being terminated", True),
        ("Job <2>: Job has already finished", True),
        ("Job <2>: No matching job found", True),
        ("Job <2> is not found", True),
        ("Job <2>: User permission denied", False),
        ("Job <22> is being terminated", False),
        ("Cannot connect to LSF. Please wait ...", False),
    ],
)
def test_a_cancellation(line, accepted):
    assert errors.accepts_cancel("2", failed(f"{line}\n")) is accepted
    assert errors.accepts_cancel("2", Result(("bkill",), 0))


def test_no_jobs_are_no_failure():
    assert errors.shows_nothing(failed("No job found"))
    assert errors.shows_nothing(failed("No unfinished job found"))
    assert not errors.shows_nothing(failed("No job found", "timeout"))
    assert not errors.shows_nothing(failed("LIM is down"))


def test_an_old_bjobs():
    assert errors.has_no_json(failed("bjobs: illegal option -- json"))
    assert not errors.has_no_json(Result(("bjobs",), 0, "Usage: 5 licences"))


@pytest.mark.parametrize(
    ("stderr", "limit", "outage"),
    [
        ("User <joe>: Pending job threshold reached. Retrying in 60 seconds...", True, False),
        ("Cannot connect to LSF. Please wait ...", False, True),
        ("Failed in an LSF library call: LIM is down; try later. Job not submitted.", False, True),
        ("Communication time out", False, True),
        ("nope: No such queue. Job not submitted.", False, False),
    ],
)
def test_limits_outages_and_refusals(stderr, limit, outage):
    result = failed(stderr)
    assert (errors.PATTERNS.at_limit(result), errors.PATTERNS.is_outage(result)) == (limit, outage)
