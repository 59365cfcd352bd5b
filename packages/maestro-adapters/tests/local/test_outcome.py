"""What the end of a driver means, in every case."""

import signal

import pytest

from maestro_adapters.attempt_file import Attempt
from maestro_adapters.local.job import LocalJob, driver_arguments, of_driver, outcome


def job(**fields):
    return LocalJob(**{"token": "m1.1.1", "workspace": "/w", "attempt": 1, "pid": 7, **fields})


EXIT = 256  # exit code 1, as wait(2) gives it
RAN = Attempt(pid=7)


@pytest.mark.parametrize(
    ("wait_status", "attempt", "state", "exit_code", "reason"),
    [
        (0, None, "FINISHED", 0, None),
        (3 * EXIT, RAN, "FAILED", 3, None),
        (143 * EXIT, RAN, "FAILED", 143, "ended by SIGTERM"),
        (255 * EXIT, RAN, "FAILED", 255, None),
        (signal.SIGKILL, RAN, "FAILED", 137, "its driver was ended by SIGKILL"),
        # The driver's own exit codes count as such only where it did not start the attempt.
        (75 * EXIT, RAN, "FAILED", 75, None),
        (
            75 * EXIT,
            Attempt(void=True),
            "FAILED",
            None,
            "attempt 1 was started or declared void before: nothing ran",
        ),
        (
            75 * EXIT,
            Attempt(pid=8),
            "FAILED",
            None,
            "attempt 1 was started or declared void before: nothing ran",
        ),
        (73 * EXIT, RAN, "FAILED", 73, None),
        (
            73 * EXIT,
            None,
            "HWFAILURE",
            None,
            "could not enter /w, or write its attempt file there: nothing ran",
        ),
        # Not our child: the attempt file alone tells.
        (None, Attempt(pid=7, exit_code=0), "FINISHED", 0, None),
        (None, Attempt(pid=7, exit_code=3), "FAILED", 3, None),
        (None, RAN, "FAILED", None, "its driver died and left no exit code"),
        (None, None, "FAILED", None, "its driver died and left no exit code"),
    ],
)
def test_outcome(wait_status, attempt, state, exit_code, reason):
    status = outcome(job(), wait_status, attempt)
    assert (status.state, status.exit_code, status.reason) == (state, exit_code, reason)


@pytest.mark.parametrize(
    ("stopped_as", "reason"), [("CANCELLED", "cancelled"), ("TIMEDOUT", "ran longer than 60 s")]
)
def test_a_job_that_we_stopped(stopped_as, reason):
    stopped = job(stopped_as=stopped_as, limit=60.0)
    for wait_status, code in ((143 * EXIT, 143), (0, 0), (signal.SIGKILL, 137), (None, None)):
        status = outcome(stopped, wait_status, RAN)
        assert (status.state, status.exit_code, status.reason) == (stopped_as, code, reason)


def test_a_job_of_a_dead_process_without_its_driver():
    status = outcome(job(workspace=None), None, None)
    assert (status.state, status.exit_code) == ("NOTFOUND", None)


def test_a_driver_tells_another_process_what_its_job_is():
    here = job(script="/s", label="a b", slots=4, limit=12.5)
    there = of_driver("m1.1.1", driver_arguments(here, "n1", "boot", 1700000000.5))
    assert (there.workspace, there.script, there.attempt, there.label) == ("/w", "/s", 1, "a b")
    assert (there.slots, there.limit, there.child) == (4, 12.5, False)
    assert (there.status.state, there.status.started) == ("RUNNING", 1700000000)
