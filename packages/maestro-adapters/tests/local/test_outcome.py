"""What the end of a script means.

Would catch a success that is told as a failure, or the reverse, and a reason that leads people astray.
"""

import pytest

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.outcome import nothing_ran, outcome
from maestro_adapters.script import driver


def job(**fields):
    return LocalJob(**{"token": "m1.1.1", "workspace": "/w", "attempt": 1, "pid": 7, **fields})


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        (0, "FINISHED", None),
        (3, "FAILED", None),
        (143, "FAILED", "ended by SIGTERM"),
        (255, "FAILED", None),
        # What a driver exits with when nothing ran is an exit code like any other here.
        (73, "FAILED", None),
        (75, "FAILED", None),
        (None, "FAILED", "the process that kept it died, and its exit code is not known"),
    ],
)
def test_outcome(code, state, reason):
    status = outcome(job(), code)
    assert (status.state, status.exit_code, status.reason) == (state, code, reason)


@pytest.mark.parametrize("code", [0, 3])
def test_a_script_whose_folder_was_deleted_is_lost(code):
    status = outcome(job(), code, lost=True)
    assert (status.state, status.exit_code) == ("HWFAILURE", code)
    assert status.reason == "its folder was deleted while it ran, or moved before it began"
    assert outcome(job(stopped_as="CANCELLED"), code, lost=True).state == "CANCELLED"


@pytest.mark.parametrize(
    ("stopped_as", "reason"), [("CANCELLED", "cancelled"), ("TIMEDOUT", "ran longer than 60 s")]
)
@pytest.mark.parametrize("code", [143, 0, 137, None])
def test_a_job_that_we_stopped(stopped_as, reason, code):
    status = outcome(job(stopped_as=stopped_as, limit=60.0), code)
    assert (status.state, status.exit_code, status.reason) == (stopped_as, code, reason)


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        (
            driver.ALREADY_STARTED,
            "FAILED",
            "attempt 1 was started or declared void before: nothing ran",
        ),
        (
            driver.CANNOT_START,
            "HWFAILURE",
            "could not enter /w, or write there (No space left on device): nothing ran",
        ),
    ],
)
def test_nothing_ran(code, state, reason):
    status = nothing_ran(job(), code, "No space left on device")
    assert (status.state, status.exit_code, status.reason) == (state, None, reason)
