"""What Flux prints: real answers of 0.88.0.

A fault here would be a job that is not known again as its id was written in another locale, or one that has
ended and is taken for alive.
"""

import json
from pathlib import Path

import pytest

from maestro_adapters.flux import parse
from maestro_adapters.job import states
from maestro_adapters.testing.recorded_runner import read_recording

CAPTURES = Path(__file__).parent / "captures"


def recorded(name):
    return read_recording(CAPTURES / f"{name}.txt")


@pytest.mark.parametrize(
    ("name", "job_id"),
    [("batch", "ƒJ2kzVtB"), ("submit-sleep", "ƒJRXwTyR"), ("submit-held", "ƒJcxdvwZ"),
     ("submit-bad-queue", None), ("submit-bad-option", None), ("batch-decimal-id", None)],
)  # fmt: skip
def test_the_job_id(name, job_id):
    assert parse.submitted(recorded(name).stdout) == job_id


def test_an_id_in_ascii_is_the_same_id():
    assert parse.submitted("Welcome\nfJ2kzVtB\n") == "ƒJ2kzVtB"


def test_one_job_is_one_object():
    """flux-jobs(1): a single job selected by its id is emitted as an object, not as a list."""
    (entry, *_) = json.loads(recorded("jobs-by-id-json").stdout)["jobs"]
    (job,) = parse.jobs(json.dumps(entry))
    assert (job.job_id, job.status.state) == ("ƒJ2kzVtB", states.FINISHED)


def test_all_jobs():
    shown = {job.name: job.status for job in parse.jobs(recorded("jobs-json").stdout)}
    assert shown["dependent"].reason == "depends: after-success=ƒJRXwTyR"
    assert {name: status.state for name, status in shown.items() if name != "hostname"} == {
        "wants-all": states.PENDING,
        "toobig": states.PENDING,
        "held": states.PENDING,
        "dependent": states.PENDING,
        "long": states.RUNNING,
        "true": states.FINISHED,
        "step_X.1": states.FINISHED,
        "slow": states.TIMEDOUT,
        "many": states.FINISHED,
        "failing": states.FAILED,
    }


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [({"t_run": 1.5}, 1.5), ({"t_run": 2}, 2), ({"t_run": 0}, None), ({"t_run": "x"}, None), ({}, None)],
)  # fmt: skip
def test_a_time_that_is_none(fields, seconds):
    (job,) = parse.jobs(json.dumps({"jobid": "ƒ1", "status": "RUN", **fields}))
    assert job.status.started == seconds


def test_a_job_that_never_ran_has_no_exit_code():
    entry = {"jobid": "ƒ1", "status": "FAILED", "returncode": -128, "exception": {"type": "x"}}
    (job,) = parse.jobs(json.dumps(entry))
    assert (job.status.state, job.status.exit_code, job.status.reason) == (states.FAILED, None, "x")


@pytest.mark.parametrize("text", ["hello", '{"jobs": 1}', '{"jobs": [1]}', "{"])
def test_what_is_no_list_of_jobs_is_an_error(text):
    with pytest.raises(ValueError, match=r"JSON|list|Expecting"):
        parse.jobs(text)


def test_nothing_is_no_job():
    assert parse.jobs("\n") == []
    assert parse.named_queues("\n") == []
    assert parse.named_queues("batch\ndebug\n") == ["batch", "debug"]
