"""Real output of Slurm 22.05.8, with what sites put around it.

A fault here would be the number of a banner taken for a job's id, or a signal for success.
"""

import pytest

from maestro_adapters.job import states
from maestro_adapters.slurm import parse

#: squeue --noheader --array --states=all --user=0 --Format=…, as `commands.squeue` asks.
SQUEUE = """\
1895|CANCELLED|None|0|1795341672|1795341673|15|n1|(null)|
1897|FAILED|NonZeroExitCode|0|1795341672|1795341672|768|n1|(null)|
1901|FAILED|JobLaunchFailure|0|1795341672|1795341672|9|n1|(null)|
1899|NODE_FAIL|NodeDown|0|1795341672|1795341673|0|n4|(null)|
1900_1|PENDING|JobArrayTaskLimit|0|N/A|N/A|0||m1.[0-2].1|
1896|PENDING|JobHeldUser|0|N/A|N/A|0||x | y m1.5.1|
1900_0|RUNNING|None|2|1795341672|1795345272|0|n[1-2,4]|m1.[0-2].1|
1898|TIMEOUT|TimeLimit|0|1795341672|1795341675|15|n1|(null)|
"""
#: sacct --allocations --parsable2 --noheader --format=…, as `commands.sacct` asks.
SACCT = """\
1895|CANCELLED by 0|0:0|1795341672|1795341673|n1
1896|PENDING|0:0|Unknown|Unknown|None assigned
1897|FAILED|3:0|1795341672|1795341672|n1
1898|TIMEOUT|0:0|1795341672|1795341675|n1
1899|NODE_FAIL|0:0|1795341672|1795341673|n4
1901|FAILED|0:9|1795341672|1795341672|n1
1900_0|RUNNING|0:0|1795341672|Unknown|n1
1900_[1-2%1]|PENDING|0:0|Unknown|Unknown|None assigned
"""
BANNER = "*** Maintenance on 2026-12-24 at 08:00, ask 5555 for help ***\n"


@pytest.mark.parametrize(
    ("stdout", "job_id"),
    [
        ("14\n", "14"),
        ("123;cluster\n", "123;cluster"),
        (BANNER + "77\n", "77"),
        ("77\n" + BANNER, "77"),
        ("5 jobs are ahead of you\n", None),
        ("", None),
    ],
)
def test_the_job_id_stands_on_a_line_of_its_own(stdout, job_id):
    assert parse.submitted(stdout) == job_id


def test_ids_and_clusters():
    assert parse.split_id("12") == ("12", None)
    assert parse.split_id("12_3;oslo") == ("12_3", "oslo")


def test_squeue():
    jobs = {job.job_id: job for job in parse.squeue(BANNER + "CLUSTER: oslo\n" + SQUEUE)}
    assert list(jobs) == ["1895", "1897", "1901", "1899", "1900_1", "1896", "1900_0", "1898"]
    found = {job_id: (job.status.state, job.status.exit_code) for job_id, job in jobs.items()}
    assert found == {
        "1895": (states.CANCELLED, None),
        "1897": (states.FAILED, 3),
        "1901": (states.FAILED, 137),
        "1899": (states.HWFAILURE, None),
        "1900_1": (states.PENDING, None),
        "1896": (states.PENDING, None),
        "1900_0": (states.RUNNING, None),
        "1898": (states.TIMEDOUT, None),
    }
    assert jobs["1896"].comment == "x | y m1.5.1"
    assert jobs["1896"].status.reason == "JobHeldUser"
    running = jobs["1900_0"].status
    assert (running.started, running.ended, running.restarts) == (1795341672, None, 2)
    assert running.nodes == ("n1", "n2", "n4")
    assert (jobs["1898"].status.ended, jobs["1896"].status.started) == (1795341675, None)


def test_sacct():
    jobs = parse.sacct(BANNER + SACCT)
    assert {job_id: (status.state, status.exit_code) for job_id, status in jobs.items()} == {
        "1895": (states.CANCELLED, None),
        "1896": (states.PENDING, None),
        "1897": (states.FAILED, 3),
        "1898": (states.TIMEDOUT, None),
        "1899": (states.HWFAILURE, None),
        "1901": (states.FAILED, 137),
        "1900_0": (states.RUNNING, None),
    }
    assert jobs["1899"].nodes == ("n4",)


def test_scancel():
    stderr = (
        "scancel: error: Kill job error on job id 1: Job/step already completing or completed\n"
        "scancel: error: Kill job error on job id 2_7: Access/permission denied\n"
    )
    assert parse.cancel_errors(stderr) == {
        "1": "Job/step already completing or completed",
        "2_7": "Access/permission denied",
    }


def test_max_array_size():
    assert parse.max_array_size("Foo = 1\nMaxArraySize            = 1001\nBar = 2\n") == 1001
    assert parse.max_array_size("") is None
