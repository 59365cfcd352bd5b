"""Enforced walltimes.

Would catch a job that outlives its walltime, or is stopped twice for it.
"""

from maestro_adapters.local.time_limits import TimeLimits


def test_a_job_is_overdue_after_its_walltime_and_told_once(alarms, local_job):
    limits, job = TimeLimits(alarms.later), local_job()
    limits.start(job, 60.0)
    assert limits.take_overdue() == []
    assert alarms.pass_time() == [60.0]
    assert limits.take_overdue() == [job]
    assert limits.take_overdue() == []


def test_those_that_are_overdue_at_once_are_told_together(alarms, local_job):
    limits, jobs = TimeLimits(alarms.later), [local_job("a"), local_job("b")]
    for job in jobs:
        limits.start(job, 1.0)
    alarms.pass_time()
    assert limits.take_overdue() == jobs
