"""A second process learns of the jobs that a dead one started.

Would catch a job that is started again although it runs, one that is taken for what it left behind, and a lost end.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys

import pytest

from maestro_adapters.job import states
from maestro_adapters.local.processes import process_table
from maestro_adapters.local.system import System
from maestro_adapters.script import attempt_file
from maestro_adapters.testing.contract import RunningJob

#: Submits jobs, says which, and dies as a killed program does.
STARTER = """
import json, os, signal, sys
from pathlib import Path
from maestro_adapters import load
adapter = load("local", {"slots": 2})
jobs = json.load(sys.stdin)
answers = adapter.submit(jobs)
print(json.dumps(answers), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def orphan(bench, tmp_path):
    """Starts jobs in a process that dies at once; they are killed at the end of the test."""
    groups = []

    def orphan(*requests):
        jobs = []
        for number, fields in enumerate(requests):
            workspace = tmp_path / f"orphan {number}"
            workspace.mkdir()
            script = workspace / "job.sh"
            script.write_text(f"#!/bin/sh\n\n{fields['command']}\n")
            request = {"name": "job", "workspace": str(workspace), **fields}
            token = f"m{os.getpid()}.{number}.1"
            jobs.append(
                {
                    "key": token,
                    "token": token,
                    "attempt": 1,
                    "script": str(script),
                    "request": request,
                }
            )
        done = subprocess.run(
            [sys.executable, "-c", STARTER],
            input=json.dumps(jobs),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        answers = json.loads(done.stdout)
        found = []
        for job in jobs:
            answer = answers[job["key"]]
            found.append(
                RunningJob(
                    job["key"],
                    job["token"],
                    answer["job"],
                    tmp_path / job["request"]["workspace"],
                    answer,
                )
            )
            if answer["job"].isdecimal():
                groups.append(int(answer["job"]))
                # Before, while the kernel still sets a program up, nobody can see its environment.
                bench.eventually(lambda job=found[-1]: job.attempt and job.attempt.pid)
        return found

    yield orphan
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


WAITS = ": >ready; while [ ! -e go ]; do sleep 0.02; done; exit 4"


def find(bench, jobs):
    return bench.adapter.find([job.token for job in jobs])


def test_a_second_process_learns_the_exit_code(bench, orphan):
    jobs = orphan({"command": WAITS}, {"command": WAITS})
    assert find(bench, jobs) == {job.token: {"job": job.id, "state": "RUNNING"} for job in jobs}
    bench.started(jobs)
    for job in jobs:
        (job.workspace / "go").touch()
    ends = bench.ends(jobs)
    assert [(end["state"], end["exit_code"]) for end in ends] == [("FAILED", 4)] * 2


def test_a_job_that_ended_in_between_left_its_exit_code(bench, orphan):
    (job,) = orphan({"command": "exit 4"})
    bench.eventually(lambda: job.attempt is not None and job.attempt.exit_code is not None)
    assert attempt_file.read(job.workspace / ".attempt.1").exit_code == 4
    bench.eventually(lambda: find(bench, [job])[job.token] == {"absent": True})


def test_a_job_that_waited_for_a_slot_is_absent(bench, orphan):
    *_, waiting = orphan(*[{"command": WAITS}] * 3)
    assert find(bench, [waiting])[waiting.token] == {"absent": True}
    assert waiting.attempt is None


def test_found_jobs_take_their_slots(bench, orphan):
    (big,) = orphan({"command": WAITS, "procs": 2})
    find(bench, [big])
    (mine,) = bench.submit({"command": "true"})
    assert mine.answer["state"] == states.PENDING
    bench.started([big])
    (big.workspace / "go").touch()
    assert bench.ends([mine])[0]["state"] == states.FINISHED


def test_found_jobs_can_be_cancelled(bench, orphan, alive):
    (job,) = orphan({"command": WAITS})
    find(bench, [job])
    bench.started([job])
    assert bench.adapter.cancel([job.id]) == {job.id: {"cancelled": True}}
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == ("CANCELLED", 143)
    assert not alive(int(job.id))


def test_found_jobs_keep_their_walltime(bench, orphan):
    (job,) = orphan({"command": WAITS, "walltime": "1s", "enforce_walltime": True})
    find(bench, [job])
    (end,) = bench.ends([job])
    assert end["state"] == states.TIMEDOUT


def test_what_a_script_left_behind_is_not_the_job(bench, orphan):
    leaves = "sleep 600 >/dev/null 2>&1 & exit 4"
    (job,) = orphan({"command": leaves})
    bench.eventually(lambda: job.attempt.exit_code is not None)
    assert find(bench, [job]) == {job.token: {"absent": True}}


def test_an_end_that_its_keeper_has_yet_to_write(bench, orphan):
    """The script is gone, and its keeper held up."""
    (job,) = orphan({"command": WAITS})
    bench.started([job])
    find(bench, [job])
    keeper = job.attempt.keeper
    os.kill(keeper, signal.SIGSTOP)
    (job.workspace / "go").touch()
    bench.eventually(lambda: bench.poll([job]) and bench.adapter._pool._exit_watch.silent)
    assert bench.poll([job])[job.key]["state"] == states.RUNNING
    os.kill(keeper, signal.SIGCONT)
    assert bench.ends([job])[0]["exit_code"] == 4


def test_without_pidfds(make_bench, orphan):
    bench = make_bench(system=System(open_pidfd=lambda _pid: None))
    (job,) = orphan({"command": WAITS})
    find(bench, [job])
    bench.started([job])
    (job.workspace / "go").touch()
    assert bench.ends([job])[0]["exit_code"] == 4


def test_one_look_for_any_number_of_tokens(bench):
    looks = []

    def note(_frame, event, called):
        if event == "c_call" and called is os.scandir:
            looks.append(1)

    tokens = [f"m{os.getpid()}.{number}.7" for number in range(1000)]
    sys.setprofile(note)
    try:
        found = bench.adapter.find(tokens)
    finally:
        sys.setprofile(None)
    assert found == {token: {"absent": True} for token in tokens}
    assert len(looks) == 1


def test_a_caller_that_was_started_within_the_job_is_no_part_of_it(orphan):
    """Somebody resumes a study from the shell of a step: that program carries the token too."""
    (job,) = orphan({"command": WAITS})
    program = f"""
from maestro_adapters import load
adapter = load("local", {{"slots": 1}})
print(adapter.find(["{job.token}"])["{job.token}"]["job"])
adapter.close(stop_jobs=True)
print("alive", adapter.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "MAESTRO_TOKEN": job.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{job.id}\nalive local\n", done.stderr


def test_where_processes_cannot_be_seen(make_bench):
    bench = make_bench(system=System(can_scan=lambda: False))
    (answer,) = bench.adapter.find(["m1.1.1"]).values()
    assert set(answer) == {"error"}


def kill_keeper(job):
    """As if it had been killed together with the process that started it."""
    keeper = job.attempt.keeper
    os.kill(keeper, signal.SIGKILL)
    while process_table.is_keeper(keeper):
        os.sched_yield()


def tells_of_strangers():
    """Whether this kernel keeps the exit code of a process that somebody else has reaped."""
    process = subprocess.Popen(["sh", "-c", "exit 7"])
    pidfd = process_table.open_pidfd(process.pid)
    process.wait()
    code = process_table.exit_code(process.pid, pidfd)
    if pidfd is not None:
        os.close(pidfd)
    assert code in (None, 7)
    return code == 7


@pytest.mark.parametrize("code", [0, 4])
def test_who_runs_on_without_keeper_and_starter_is_followed_to_its_end(bench, orphan, code):
    (job,) = orphan({"command": WAITS.replace("exit 4", f"exit {code}")})
    bench.started([job])
    kill_keeper(job)
    assert find(bench, [job]) == {job.token: {"job": job.id, "state": "RUNNING"}}
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    if tells_of_strangers():
        assert (end["state"], end["exit_code"]) == ("FAILED" if code else "FINISHED", code)
        assert job.attempt.exit_code == code  # for whoever asks later
    else:
        assert (end["state"], end["exit_code"]) == ("FAILED", None)


def test_what_its_command_left_in_the_background_is_followed_too(bench, orphan):
    command = "(: >ready; while [ ! -e go ]; do sleep 0.02; done; echo late >late) &\nexit 4"
    (job,) = orphan({"command": command})
    bench.eventually(lambda: job.attempt is not None and job.attempt.command_code is not None)
    kill_keeper(job)
    assert find(bench, [job])[job.token]["state"] == "RUNNING"
    (answer,) = bench.poll([job]).values()
    assert answer["state"] == "RUNNING"
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == ("FAILED", 4)
    assert (job.workspace / "late").read_text() == "late\n"


def test_a_keeper_that_dies_while_it_waits_for_what_was_left(bench):
    command = "(: >ready; while [ ! -e go ]; do sleep 0.02; done; echo late >late) &\nexit 4"
    (job,) = bench.submit({"command": command})
    bench.eventually(lambda: job.attempt is not None and job.attempt.command_code is not None)
    kill_keeper(job)
    bench.eventually(lambda: "background" in str(next(iter(bench.poll([job]).values()))["reason"]))
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == ("FAILED", 4)
    assert (job.workspace / "late").read_text() == "late\n"
