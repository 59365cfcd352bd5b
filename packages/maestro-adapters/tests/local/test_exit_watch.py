"""Scripts without a keeper of ours.

Would catch an end that nobody notices, or a wrong exit code.
"""

import os
import signal
import subprocess

import pytest

from maestro_adapters.local.exit_watch import LOOK_INTERVAL, ExitWatch
from maestro_adapters.local.system import System
from maestro_adapters.local.wakeup import Wakeup
from maestro_adapters.script import attempt_file


def job_file(job):
    return attempt_file.path_of(job.workspace, job.attempt)


@pytest.fixture
def told():
    return []


@pytest.fixture
def make_watch(alarms, told):
    """Creates a watch that tells the list; closed at the end."""
    made = []

    def make(**system):
        wakeup = Wakeup()
        watch = ExitWatch(
            wakeup,
            alarms.later,
            System(**system),
            on_command_end=lambda job, code, left: told.append((job, code, left)),
            on_end=lambda job, code: told.append((job, code)),
        )
        made.append((watch, wakeup))
        return watch, wakeup

    yield make
    for watch, wakeup in made:
        watch.close()
        wakeup.close()


@pytest.fixture
def script(local_job):
    """Starts a process that ends with 5 once it is let go; gives its job and how to let it go."""
    started = []

    def script(name="a", code=5, **fields):
        process = subprocess.Popen(
            ["sh", "-c", f"read -r _; exit {code}"], stdin=subprocess.PIPE, start_new_session=True
        )
        started.append(process)
        job = local_job(name, pid=process.pid, session=process.pid, child=True, **fields)

        def let_go():
            process.stdin.close()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        return job, let_go

    yield script
    for process in started:
        process.returncode = 0  # the watch has reaped it
        process.stdin.close()


def test_an_end_wakes_the_caller_and_is_told_once(make_watch, script, told):
    watch, wakeup = make_watch()
    job, let_go = script()
    watch.watch(job)
    watch.look()
    assert (told, wakeup.ready()) == ([], [])
    let_go()
    assert wakeup.ready()
    watch.look()
    watch.look()
    assert told == [(job, 5)]
    assert not watch.jobs
    assert wakeup.ready() == []


def test_what_cannot_notify_is_looked_at_again_and_again(make_watch, script, told, alarms):
    watch, _ = make_watch(open_pidfd=lambda _pid: None)
    job, let_go = script()
    watch.watch(job)
    assert list(watch.silent) == [job]
    assert alarms.pass_time() == [LOOK_INTERVAL]
    assert told == []
    let_go()
    alarms.pass_time()
    assert told == [(job, 5)]
    assert alarms.pass_time() == []


def test_descriptors_are_left_to_others(make_watch, script):
    watch, _ = make_watch(most_files=lambda: 5)
    jobs = [script(name)[0] for name in "abc"]
    for job in jobs:
        watch.watch(job)
    assert list(watch.jobs) == jobs
    assert list(watch.silent) == jobs[2:]
    for job in jobs:
        os.kill(job.pid, signal.SIGKILL)
        os.waitpid(job.pid, 0)


def test_the_end_that_the_attempt_file_tells_counts(make_watch, script, told):
    """Its keeper wrote it before it was killed; who reaped the script does not matter then."""
    watch, _ = make_watch()
    job, let_go = script(code=0)
    (attempt := job_file(job)).write_text("start keeper=1 time=1\nend code=9\n")
    watch.watch(job)
    let_go()
    watch.look()
    assert told == [(job, 9)]
    assert attempt.read_text().count("end ") == 1


def test_an_end_that_its_keeper_could_not_write_is_written_for_it(make_watch, script, told):
    watch, _ = make_watch()
    job, let_go = script()
    job_file(job).write_text("start keeper=0 time=1\n")
    watch.watch(job)
    let_go()
    watch.look()
    assert told == [(job, 5)]
    assert job_file(job).read_text().endswith("end code=5\n")


def test_an_exit_code_that_somebody_else_took_is_not_made_up(make_watch, script, told):
    watch, _ = make_watch(open_pidfd=lambda _pid: None)
    job, let_go = script()
    watch.watch(job)
    let_go()
    os.waitpid(job.pid, 0)
    watch.look_at(job)
    assert told == [(job, None)]


def test_what_the_command_left_in_the_background_is_waited_for(make_watch, script, told, alarms):
    watch, _ = make_watch()
    job, let_go = script()
    job_file(job).write_text("start keeper=0 time=1\n")
    log = job_file(job).parent / f"a.{job.pid}.out"
    with log.open("w") as file:
        left = subprocess.Popen(["sh", "-c", "read -r _"], stdin=subprocess.PIPE, stdout=file)
    job.session = os.getsid(left.pid)
    log.rename(log.with_name(f"a.{job.session}.out"))
    watch.watch(job)
    let_go()
    watch.look()
    ((told_job, code, what),) = told
    assert (told_job, code) == (job, 5)
    assert f":{left.pid}" in what
    assert f"command code=5 left={what}\n" in job_file(job).read_text()
    alarms.pass_time()
    assert len(told) == 1
    left.stdin.close()
    left.wait()
    alarms.pass_time()
    assert told[1:] == [(job, 5)]


def test_a_job_that_is_not_watched_is_left_alone(make_watch, script, told):
    watch, _ = make_watch()
    job, let_go = script()
    let_go()
    watch.look_at(job)
    assert told == []
    assert os.waitpid(job.pid, 0)[0] == job.pid


def test_closing_frees_every_descriptor(make_watch, script, descriptors):
    watch, _ = make_watch()
    job, let_go = script()
    before = descriptors()
    watch.watch(job)
    assert descriptors() == before + 1
    watch.close()
    assert descriptors() == before
    let_go()
    os.waitpid(job.pid, 0)
