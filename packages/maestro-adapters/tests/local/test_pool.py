"""Many jobs at a time, within the slots.

Would catch a slot that stays empty, a caller that is not woken, and descriptors or threads that are left.
"""

import math
import os
import select
import signal
import subprocess
import sys
import threading

import pytest

from maestro_adapters.job import states
from maestro_adapters.local.system import System

#: Runs until a file ``go`` appears in its workspace.
UNTIL_GO = ": >ready; while [ ! -e go ]; do sleep 0.02; done"


def running(bench, jobs):
    return [bench.poll(jobs)[job.key]["state"] == states.RUNNING for job in jobs]


def let_go(bench, job):
    (job.workspace / "go").touch()
    bench.ends([job])


def test_as_many_run_as_there_are_slots(bench):
    jobs = bench.submit(*[{"command": UNTIL_GO}] * 4)
    assert [job.answer["state"] for job in jobs] == ["RUNNING", "RUNNING", "PENDING", "PENDING"]
    let_go(bench, jobs[0])
    bench.started([jobs[2]])
    assert running(bench, jobs) == [False, True, True, False]
    for job in jobs:
        let_go(bench, job)


def test_a_running_job_is_named_by_its_process(bench):
    (job,) = bench.submit({"command": "echo hi"})
    bench.ends([job])
    assert job.attempt.pid == int(job.id)
    assert (job.workspace / f"job.{job.id}.out").read_bytes() == b"hi\n"


def test_a_job_takes_procs_times_cores(make_bench):
    bench = make_bench(slots=4)
    first, second, third = bench.submit(
        {"command": UNTIL_GO, "procs": 3},
        {"command": UNTIL_GO, "procs": 1, "cores_per_task": 2},
        {"command": UNTIL_GO},
    )
    # First come, first served: the third would fit, and yet does not pass the second.
    assert running(bench, [first, second, third]) == [True, False, False]
    let_go(bench, first)
    bench.started([second, third])
    for job in (second, third):
        let_go(bench, job)


def test_a_job_bigger_than_the_machine_runs_alone(bench):
    small, big, after = bench.submit(
        {"command": UNTIL_GO}, {"command": UNTIL_GO, "procs": 99}, {"command": UNTIL_GO}
    )
    assert running(bench, [small, big, after]) == [True, False, False]
    let_go(bench, small)
    bench.started([big])
    assert running(bench, [big, after]) == [True, False]
    let_go(bench, big)
    bench.started([after])
    let_go(bench, after)


def test_a_waiting_job_starts_without_a_caller(bench):
    """The keeper fills a free slot, and the pool's descriptor tells of it."""
    first, second, third = bench.submit(*[{"command": UNTIL_GO}] * 3)
    bench.started([first, second])
    wake = bench.adapter.wake_fd()
    bench.poll([first])
    assert select.select([wake], [], [], 0)[0] == []
    (first.workspace / "go").touch()
    bench.eventually((third.workspace / "ready").exists)
    assert select.select([wake], [], [], 30)[0] == [wake]
    assert bench.poll([third])[third.key]["state"] == states.RUNNING
    for job in (second, third):
        let_go(bench, job)


def test_ends_are_told_from_any_thread(make_bench):
    """Nothing here needs the main thread, or its signal handlers."""
    ends = []

    def work():
        bench = make_bench()
        ends.extend(bench.ends(bench.submit(*[{"command": "exit 5"}] * 20)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [end["exit_code"] for end in ends] == [5] * 20


@pytest.fixture
def orphans(make_bench):
    """Starts jobs that run until they are let go, and kills their keeper: they have to be watched."""

    def orphans(count, **system):
        bench = make_bench(slots=count, adopt=True, system=System(**system))
        jobs = bench.submit(*[{"command": UNTIL_GO + "; exit 5"}] * count)
        bench.started(jobs)
        os.kill(jobs[0].attempt.keeper, signal.SIGKILL)
        bench.eventually(
            lambda: bench.poll(jobs) and bench.adapter._pool._keeper.has_keeper is False
        )
        return bench, jobs

    return orphans


def test_without_pidfds_ends_are_looked_for(orphans):
    bench, jobs = orphans(3, open_pidfd=lambda _pid: None)
    assert len(bench.adapter._pool._exit_watch.silent) == 3
    for job in jobs:
        (job.workspace / "go").touch()
    assert [end["exit_code"] for end in bench.ends(jobs)] == [5] * 3


def test_many_running_jobs_leave_descriptors_to_others(orphans, descriptors):
    """Half of those that this process may open; the ends of further jobs are looked for."""
    most = descriptors() + 20
    bench, jobs = orphans(40, most_files=lambda: most)
    watch = bench.adapter._pool._exit_watch
    assert (len(watch.jobs), len(watch.silent)) == (40, 40 - most // 2)
    for job in jobs:
        (job.workspace / "go").touch()
    assert [end["exit_code"] for end in bench.ends(jobs)] == [5] * 40


def test_any_number_of_descriptors(orphans):
    bench, jobs = orphans(2, most_files=lambda: math.inf)
    assert not bench.adapter._pool._exit_watch.silent
    for job in jobs:
        let_go(bench, job)


def test_children_of_others_are_left_alone(bench):
    other = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 9"], {})
    bench.ends(bench.submit(*[{"command": "true"}] * 5))
    assert os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]) == 9


def test_a_host_program_that_reaps_everything(bench):
    """The kernel does so where SIGCHLD is ignored: waitpid(2), NOTES."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        (job,) = bench.submit({"command": "exit 6"})
        (end,) = bench.ends([job])
        bench.adapter.close()
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert (end["state"], end["exit_code"]) == ("FAILED", 6)


def test_a_job_that_can_never_start_is_an_error(bench):
    """Its logs' names would be longer than a file's name may be."""
    (job,) = bench.submit({"command": "true", "label": "x" * 221})
    assert job.answer["transient"] is False
    assert "too long" in job.answer["error"]
    (longest,) = bench.submit({"command": "echo hi", "label": "x" * 220})
    bench.ends([longest])
    assert (longest.workspace / f"{'x' * 220}.{longest.attempt.pid}.out").read_text() == "hi\n"


def test_a_request_that_makes_no_sense_stops_no_other(bench):
    good, bad = bench.submit(
        {"command": "true"}, {"command": "true", "enforce_walltime": True, "walltime": "soon"}
    )
    assert "'soon' is no walltime" in bad.answer["error"]
    assert bench.ends([good])[0]["state"] == states.FINISHED


def test_nothing_is_left_open(make_bench, descriptors):
    before = descriptors()
    bench = make_bench()
    jobs = bench.submit(*[{"command": "true"}] * 10)
    bench.ends(jobs)
    bench.adapter.close()
    bench.adapter.close()
    assert descriptors() == before
    assert {answer["state"] for answer in bench.poll(jobs).values()} == {"FINISHED"}
    assert not [thread for thread in threading.enumerate() if thread.name == "maestro-local-pool"]
    for call in (bench.adapter.cancel, bench.adapter.find):
        with pytest.raises(RuntimeError, match="closed"):
            call(["1"])
    with pytest.raises(RuntimeError, match="closed"):
        bench.submit({"command": "true"})


def test_waiting_jobs_never_start_after_close(bench):
    first, second, third = bench.submit(*[{"command": UNTIL_GO}] * 3)
    bench.started([first, second])
    bench.adapter.close()
    for job in (first, second):
        (job.workspace / "go").touch()
        bench.eventually(lambda job=job: job.attempt.exit_code == 0)
    assert third.attempt is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_pool_whose_thread_died_says_so(bench):
    """Its jobs are not gone: nobody can tell any more."""

    def fail():
        raise RuntimeError("a bug")

    (job,) = bench.submit({"command": UNTIL_GO})
    pool = bench.adapter._pool
    with pool._lock:
        pool._alarms.later(0.0, fail)
    (answer,) = bench.wait([job], until=lambda answer: answer["state"] != states.RUNNING)
    assert answer["state"] == states.UNREACHABLE
    assert "a bug" in answer["reason"]


def test_news_comes_seldom_while_jobs_wait(bench):
    """Who submits thousands at once is not woken for each."""
    jobs = bench.submit(*[{"command": "true"}] * 100)
    wakes = 0
    while any(answer["state"] not in states.FINAL for answer in bench.poll(jobs).values()):
        assert select.select([bench.adapter.wake_fd()], [], [], 30)[0]
        wakes += 1
    assert wakes < 60  # none at all, where the jobs were faster than the first look


def test_a_job_that_waited_is_named_by_its_process_once_it_runs(bench):
    *running, waiting = bench.submit(*[{"command": UNTIL_GO}] * 3)
    assert "job" not in bench.poll([waiting])[waiting.key]
    let_go(bench, running[0])
    bench.started([waiting])
    answer = bench.poll([waiting])[waiting.key]
    assert answer["job"] == str(waiting.attempt.pid)
    renamed = bench.adapter.poll([answer["job"]])[answer["job"]]
    assert (renamed["state"], "job" in renamed) == (states.RUNNING, False)
    assert bench.adapter.cancel([answer["job"]]) == {answer["job"]: {"cancelled": True}}
    assert bench.ends([waiting])[0]["state"] == states.CANCELLED
    let_go(bench, running[1])


def test_a_descriptor_beyond_the_limit_hinders_nothing(tmp_path):
    """A shell keeps one at 255, and `ulimit -n` may lower the limit below it."""
    code = """
import os, resource, sys
os.dup2(0, 200)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
from maestro_adapters import load
adapter = load("local", {"slots": 1})
script = sys.argv[1] + "/a.sh"
with open(script, "w") as file:
    file.write("#!/bin/sh\\ntrue\\n")
job = {"key": "k", "token": "m1.1.1", "attempt": 1, "script": script, "exclude_nodes": [],
       "request": {"name": "a", "label": "a", "workspace": sys.argv[1], "command": "true", "token": "m1.1.1"}}
answer = adapter.submit([job])["k"]
adapter.close()
print(answer.get("state", answer))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout == "RUNNING\n", done.stderr


def test_too_many_open_files_are_told_as_what_passes(tmp_path):
    """The keeper cannot be started for now; nothing ran, so it may be tried again."""
    code = """
import os, resource, sys
from maestro_adapters import load
adapter = load("local", {"slots": 1})
job = {"key": "k", "token": "m1.1.1", "attempt": 1, "script": sys.argv[1] + "/a.sh", "exclude_nodes": [],
       "request": {"name": "a", "label": "a", "workspace": sys.argv[1], "command": "true", "token": "m1.1.1"}}
adapter.submit([])
resource.setrlimit(resource.RLIMIT_NOFILE, (0, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
answer = adapter.submit([job])["k"]
os.write(1, repr((answer["error"], answer["transient"])).encode())
os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "('could not start it: Too many open files', True)", done.stderr
    assert not list(tmp_path.glob(".attempt*"))
