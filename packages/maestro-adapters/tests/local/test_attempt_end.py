"""Ends that are written in a dead keeper's place.

Would catch an end that whoever asks later does not find, and one that is written while something still runs.
"""

import os
import subprocess

import pytest

from maestro_adapters.local.attempt_end import still_writes, write_command, write_end
from maestro_adapters.script import attempt_file


@pytest.fixture
def job(local_job):
    job = local_job(session=os.getsid(0))
    attempt_file.path_of(job.workspace, 1).write_text("start keeper=7 time=1\n")
    return job


def test_an_end_is_read_by_whoever_asks_later(job):
    job.left = {9: b"sleep", 10: b"cat"}
    assert write_command(job, 3) == "sleep:9,cat:10"
    assert (job.read_attempt().command_code, job.read_attempt().exit_code) == (3, None)
    write_end(job, 3)
    assert job.read_attempt().exit_code == 3
    lines = attempt_file.path_of(job.workspace, 1).read_text().splitlines()
    assert lines[1:] == ["command code=3 left=sleep:9,cat:10", "end code=3"]


def test_where_the_attempt_file_is_no_file_nothing_is_written(job):
    """A script may put a pipe in its place, which nobody reads."""
    path = attempt_file.path_of(job.workspace, 1)
    path.unlink()
    os.mkfifo(path)
    write_end(job, 0)
    path.unlink()
    write_end(job, 0)
    assert not path.exists()


def test_a_job_writes_as_long_as_its_session_has_a_log_open(job, tmp_path):
    log = tmp_path / "a" / f"a.{job.session}.out"
    with log.open("w") as file:
        process = subprocess.Popen(["sh", "-c", "read -r _"], stdin=subprocess.PIPE, stdout=file)
    assert still_writes(job)
    assert process.pid in job.left
    process.stdin.close()
    process.wait()
    assert not still_writes(job)
    assert job.left == {}


def test_a_job_without_a_session_writes_nothing(local_job):
    assert not still_writes(local_job())
