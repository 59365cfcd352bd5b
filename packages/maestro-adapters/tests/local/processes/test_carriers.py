"""Which processes belong to which jobs.

Would catch a job that is not found again, and one that is taken for what it left behind.
"""

import os
import subprocess

import pytest

from maestro_adapters.local.processes.carriers import attach, processes_of
from maestro_adapters.script import attempt_file


@pytest.fixture
def carrier(tmp_path):
    """Starts a process that carries the token of an attempt, in a session of its own."""
    started = []

    def carrier(token="m9.carrier.1"):  # noqa: S107
        process = subprocess.Popen(
            ["sh", "-c", "echo; read -r _"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"MAESTRO_TOKEN": token, "MAESTRO_ATTEMPT": f"{tmp_path}/.attempt.2"},
            start_new_session=True,
        )
        started.append(process)
        assert process.stdout.readline()
        return process

    yield carrier
    for process in started:
        process.stdin.close()
        process.stdout.close()
        process.wait()


def write_attempt(folder, text):
    attempt_file.path_of(str(folder), 2).write_text(text)


def test_a_running_job_is_found_with_what_its_attempt_file_says(carrier, tmp_path):
    process = carrier()
    start = f"start keeper=7 host=n1 boot=b slots=4 limit=60.0 time=5\nscript pid={process.pid}\n"
    write_attempt(tmp_path, start)
    (job,) = attach({"m9.carrier.1"})
    assert (job.token, job.workspace, job.attempt) == ("m9.carrier.1", str(tmp_path), 2)
    assert (job.pid, job.session, job.slots, job.limit) == (process.pid, process.pid, 4, 60.0)
    assert (job.status.state, job.status.started, job.status.nodes) == ("RUNNING", 5.0, ("n1",))


@pytest.mark.parametrize(
    "says",
    ["start keeper=7\nscript pid=1\n", "start keeper=7\nscript pid={pid}\nend code=0\n"],
)
def test_what_a_script_left_behind_is_not_the_script(carrier, tmp_path, says):
    write_attempt(tmp_path, says.format(pid=carrier().pid))
    assert attach({"m9.carrier.1"}) == []


def test_a_job_whose_command_has_ended_is_found_by_what_it_waits_for(carrier, tmp_path):
    carrier()
    write_attempt(tmp_path, "start keeper=7\nscript pid=1\ncommand code=3 left=sh:9\n")
    (job,) = attach({"m9.carrier.1"})
    assert (job.pid, job.command_code) == (1, 3)


def test_without_an_attempt_file_the_first_process_stands_for_the_script(carrier):
    first = min(carrier().pid, carrier().pid)
    (job,) = attach({"m9.carrier.1"})
    assert job.pid == first


def test_a_session_is_a_job_s_only_while_that_lasts(carrier, local_job):
    """Later its number may be another's."""
    process = carrier("another")
    job = local_job(session=process.pid)
    assert [found.pid for found in processes_of([job])] == [process.pid]
    job.status = type(job.status)("FINISHED")
    assert processes_of([job]) == []


def test_no_job_has_no_process():
    assert processes_of([]) == []
    assert attach({f"m{os.getpid()}.none.1"}) == []
