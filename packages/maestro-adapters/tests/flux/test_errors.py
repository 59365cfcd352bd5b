"""What failed commands of Flux mean.

A fault here would be a step that fails as its job had just ended, or an outage that is taken for an
answer.
"""

import pytest

from maestro_adapters.flux import errors
from maestro_adapters.process.runner import Result


def failed(stderr, problem=None):
    return Result(("flux", "cancel"), None if problem else 1, stderr=stderr, problem=problem)


@pytest.mark.parametrize(
    ("stderr", "accepted"),
    [
        ("flux-cancel: ERROR: ƒ2: job is inactive\n", True),
        ("flux-cancel: ERROR: f2: unknown job id\n", True),
        ("flux-cancel: ERROR: ƒ2: guests may only cancel their own jobs\n", False),
        # It complains of another: this one was cancelled.
        ("flux-cancel: ERROR: ƒ3: job is inactive\n", True),
        (
            "flux-cancel: ERROR: Unable to connect to Flux: ENOENT: No such file or directory\n",
            False,
        ),
        ("", False),
    ],
)
def test_a_cancellation(stderr, accepted):
    assert ("ƒ2" in errors.accepted(["ƒ2"], failed(stderr))) is accepted
    assert "ƒ2" in errors.accepted(["ƒ2"], Result(("flux", "cancel"), 0))


def test_a_command_that_was_stopped_cancelled_nothing_for_sure():
    assert "ƒ2" not in errors.accepted(["ƒ2"], failed("ERROR: ƒ3: job is inactive", "timeout"))


def test_an_id_that_is_not_known_is_an_answer():
    assert errors.is_answer(failed("flux-jobs: ERROR: JobID ƒ2 unknown\n"))
    assert not errors.is_answer(failed("JobID ƒ2 unknown", "timeout"))
    assert not errors.is_answer(failed("Unable to connect to Flux"))


@pytest.mark.parametrize(
    ("stderr", "limit", "outage"),
    [
        ("max active jobs reached", True, False),
        ("job submission is disabled", True, False),
        ("Unable to connect to Flux: ENOENT", False, True),
        ("flux-submit: ERROR: [Errno 110] Connection timed out", False, True),
        ("flux-submit: ERROR: Invalid queue 'nope' specified", False, False),
    ],
)
def test_limits_outages_and_refusals(stderr, limit, outage):
    result = failed(stderr)
    assert (errors.PATTERNS.at_limit(result), errors.PATTERNS.is_outage(result)) == (limit, outage)
