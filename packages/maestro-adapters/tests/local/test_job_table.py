"""The table of jobs.

Would catch a job that cannot be found again, two with one name, or a lost slot.
"""

import os

import pytest

from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.job_table import JobTable
from maestro_adapters.local.slots import Slots


@pytest.fixture
def told():
    return []


@pytest.fixture
def table(told):
    return JobTable(
        Slots(2),
        "n1",
        on_start=lambda job: told.append(("start", job.token)),
        on_end=lambda job: told.append(("end", job.token)),
    )


def test_a_job_from_its_submission_to_its_end(table, told, local_job):
    job = local_job(slots=2)
    table.add(job)
    table.name_waiting(job)
    first = job.id
    assert first == f"q{os.getpid()}.1"
    assert (table.by_token(job.token), list(table.waiting.values())) == (job, [job])
    table.start(job, 77, 5.0)
    assert (job.id, job.pid, job.session) == ("77", 77, 77)
    assert table.by_id("77") is table.by_id(first) is job
    assert (job.status.state, job.status.started, job.status.nodes) == ("RUNNING", 5.0, ("n1",))
    assert (list(table.waiting), list(table.running), table.slots.free) == ([], [job], 0)
    table.end(job, JobStatus("FINISHED", native="exit 0", exit_code=0), 9.0)
    assert (job.status.state, job.status.started, job.status.ended) == ("FINISHED", 5.0, 9.0)
    assert (list(table.running), table.slots.free) == ([], 2)
    assert told == [("start", job.token), ("end", job.token)]


def test_a_process_id_that_comes_again_names_no_two_jobs(table, local_job):
    """Process ids are used again after 32 768 or 4 194 304 others."""
    first, second = local_job("a"), local_job("b")
    for job in (first, second):
        table.add(job)
        table.start(job, 77, 0.0)
    assert (first.id, second.id) == ("77", "77.1")
    assert (table.by_id(first.id), table.by_id(second.id)) == (first, second)


def test_none_passes_one_that_waits(table, local_job):
    assert table.has_room(local_job("a"))
    table.add(local_job("big", slots=2))
    assert not table.has_room(local_job("a"))


def test_a_job_that_was_found_takes_its_slots_and_is_not_told_as_started(table, told, local_job):
    job = local_job(pid=12, session=12)
    table.take_over(job)
    assert (job.id, table.by_token(job.token), table.slots.free) == ("12", job, 1)
    assert list(table.running) == [job]
    assert told == []
    assert not table.changed  # who asked hears of it anyway


@pytest.mark.parametrize(
    "happens",
    [
        lambda table, job: table.start(job, 7, 1.0),
        lambda table, job: table.tell_of_left(job, 0, "sleep:9"),
        lambda table, job: table.end_unstarted(job, JobStatus("FAILED"), 1.0),
        lambda table, job: table.take_back([job], JobStatus("CANCELLED")),
    ],
)
def test_what_a_caller_did_not_ask_for_is_a_change(table, local_job, happens):
    job = local_job()
    table.add(job)
    assert not table.changed
    happens(table, job)
    assert table.changed


def test_those_that_never_start_wait_no_longer_and_took_no_slot(table, told, local_job):
    refused, dropped = local_job("a"), local_job("b")
    for job in (refused, dropped):
        table.add(job)
    table.end_unstarted(refused, JobStatus("HWFAILURE", reason="no disk"), 3.0)
    table.take_back([dropped], JobStatus("CANCELLED", reason="withdrawn"))
    assert (refused.status.state, refused.status.ended) == ("HWFAILURE", 3.0)
    assert (dropped.status.state, dropped.status.ended) == ("CANCELLED", None)
    assert (list(table.waiting), table.slots.free, told) == ([], 2, [])


def test_what_a_command_left_in_the_background_is_the_reason_why_it_still_runs(table, local_job):
    job = local_job()
    table.add(job)
    table.start(job, 7, 1.0)
    table.tell_of_left(job, 3, "sleep:9,cat:10")
    assert job.status.state == "RUNNING"
    assert job.status.reason == (
        "its command has ended with exit code 3; still in the background: sleep (9), cat (10)"
    )
