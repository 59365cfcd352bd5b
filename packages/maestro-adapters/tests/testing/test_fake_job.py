"""A job of the fake scheduler moves as planned, and leaves the attempt file that a driver would.

A fault here would be tests of a conductor that pass on a scheduler that no real one behaves like.
"""

import pytest

from maestro_adapters.script import attempt_file
from maestro_adapters.testing.fake_job import FakeJob
from maestro_adapters.testing.plan import Plan

TOKEN = "m.1.1"  # noqa: S105 - it names a submission


@pytest.fixture
def make(tmp_path):
    def make(workspace=tmp_path, arrival=0.0, **plan):
        return FakeJob(
            id="1", host="fake", key="k", token=TOKEN, attempt=1, workspace=str(workspace),
            plan=Plan(**plan), arrival=arrival,
        )  # fmt: skip

    return make


def test_it_changes_when_its_plan_says(make):
    job = make(arrival=5.0, queued=10, runs=60)
    assert [job.is_known(now) for now in (4, 5)] == [False, True]
    assert job.next_change(0) == 15
    job.move(14)
    assert job.status().state == "PENDING"
    job.move(15)
    assert (job.status().state, job.next_change(15)) == ("RUNNING", 75)
    job.move(75)
    assert (job.status().state, job.next_change(75)) == ("FINISHED", None)
    assert (job.status().started, job.status().ended) == (15, 75)


def test_a_job_that_nobody_ends_runs_on(make):
    job = make(runs=None)
    job.move(0)
    job.move(10**9)
    assert (job.status().state, job.next_change(10**9)) == ("RUNNING", None)


@pytest.mark.parametrize(
    ("state", "code", "written"),
    [("FINISHED", None, 0), ("FAILED", None, 1), ("FAILED", 7, 7), ("HWFAILURE", None, None),
     ("HWFAILURE", 7, None), ("CANCELLED", None, None)],
)  # fmt: skip
def test_its_end_is_written_unless_its_node_fails(make, tmp_path, state, code, written):
    job = make(state=state, exit_code=code)
    job.move(3)
    attempt = attempt_file.read(tmp_path / ".attempt.1")
    assert (attempt.started, attempt.exit_code) == (3, written)


def test_a_job_without_its_folder_leaves_nothing(make, tmp_path):
    job = make(workspace=tmp_path / "gone")
    job.move(0)
    assert job.status().state == "FINISHED"
    assert list(tmp_path.iterdir()) == []


def test_what_is_forgotten_is_not_known(make):
    job = make()
    job.gone = True
    assert not job.is_known(99)
