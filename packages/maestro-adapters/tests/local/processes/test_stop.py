"""Stopping jobs: TERM, a grace period, KILL, for the session and for what left it.

Would catch a process that outlives its job, a script that is not let tidy up, and a walltime that counts from the
wrong moment.
"""

import os
import signal

import pytest

from maestro_adapters.job import states

SLEEPS = ": >ready; exec sleep 600"
STUBBORN = "trap '' TERM; : >ready; while :; do sleep 600; done"
#: A daemon: a session of its own, its parent gone.
DAEMON = "setsid sh -c 'echo $$ >daemon; trap \"\" TERM; while :; do sleep 600; done' & while [ ! -s daemon ]; do sleep 0.02; done"


def cancel(bench, *jobs):
    answers = bench.adapter.cancel([job.id for job in jobs])
    assert answers == {job.id: {"cancelled": True} for job in jobs}


def test_term_ends_a_script_and_its_children(bench, alive, pid_in):
    (job,) = bench.submit({"command": "sleep 600 & echo $! >child; : >ready; wait"})
    bench.started([job])
    cancel(bench, job)
    (end,) = bench.ends([job])
    assert (end["state"], end["reason"], end["exit_code"]) == ("CANCELLED", "cancelled", 143)
    assert job.attempt.exit_code == 143
    bench.eventually(lambda: not alive(pid_in(job.workspace / "child")))


def test_a_script_may_tidy_up(bench):
    command = "trap 'echo tidy; exit 0' TERM; : >ready; while :; do sleep 0.02; done"
    (job,) = bench.submit({"command": command})
    bench.started([job])
    cancel(bench, job)
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == ("CANCELLED", 0)
    assert job.output == b"tidy\n"


def test_what_ignores_term_is_killed(make_bench):
    bench = make_bench(grace=0.2)
    (job,) = bench.submit({"command": STUBBORN})
    bench.started([job])
    cancel(bench, job)
    (end,) = bench.ends([job])
    assert end["state"] == states.CANCELLED
    assert job.attempt.exit_code == 128 + signal.SIGKILL


@pytest.mark.parametrize("script", [SLEEPS, STUBBORN])
def test_what_left_the_session_is_stopped(make_bench, alive, pid_in, script):
    bench = make_bench(grace=0.2)
    (job,) = bench.submit({"command": f"{DAEMON}; {script}"})
    bench.started([job])
    daemon = pid_in(job.workspace / "daemon")
    assert os.getsid(daemon) != int(job.id)
    cancel(bench, job)
    bench.ends([job])
    bench.eventually(lambda: not alive(daemon))


def test_what_changed_its_environment_but_not_the_session_is_stopped(bench, alive, pid_in):
    command = "env -i /bin/sh -c 'echo $$ >child; /bin/sleep 600' & : >ready; wait"
    (job,) = bench.submit({"command": command})
    bench.eventually(lambda: pid_in(job.workspace / "child"))
    cancel(bench, job)
    bench.ends([job])
    bench.eventually(lambda: not alive(pid_in(job.workspace / "child")))


def test_a_waiting_job_is_cancelled_at_once(bench):
    first, second, third = bench.submit(*[{"command": SLEEPS}] * 3)
    cancel(bench, third)
    answer = bench.poll([third])[third.key]
    assert (answer["state"], answer["reason"]) == ("CANCELLED", "cancelled before it started")
    cancel(bench, first, second)
    bench.ends([first, second])
    assert third.attempt is None


def test_a_job_that_had_ended_was_not_cancelled(bench):
    """Not even where nobody here has heard of it yet."""
    (job,) = bench.submit({"command": ": >ready; while [ ! -e go ]; do sleep 0.02; done; exit 3"})
    bench.started([job])
    (job.workspace / "go").touch()
    bench.eventually(lambda: job.attempt.exit_code is not None)
    cancel(bench, job)
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == (states.FAILED, 3)


def test_a_script_that_has_just_started_is_stopped(bench):
    for _ in range(20):
        (job,) = bench.submit({"command": "exec sleep 600"})
        cancel(bench, job)
        (end,) = bench.ends([job])
        assert end["state"] == states.CANCELLED
        assert end["ended"] - end["started"] < 5


def test_what_a_script_starts_to_tidy_up_is_not_stopped(bench):
    command = """
    trap 'sleep 0.5; echo tidy >tidy; exit 0' TERM
    : >ready
    while :; do sleep 0.02; done
    """
    (job,) = bench.submit({"command": command})
    bench.started([job])
    cancel(bench, job)
    bench.ends([job])
    assert (job.workspace / "tidy").read_text() == "tidy\n"


def test_an_unknown_job_cannot_be_cancelled(bench):
    answer = bench.adapter.cancel(["999999999"])["999999999"]
    assert "neither started" in answer["error"]
    assert answer["transient"] is False


def test_an_enforced_walltime(bench):
    fields = {"walltime": "0.2s", "enforce_walltime": True}
    late, early, unlimited = bench.submit(
        {"command": SLEEPS, **fields},
        {"command": "exit 0", "walltime": "10", "enforce_walltime": True},
        {"command": "exit 0", "walltime": "infinite", "enforce_walltime": True},
    )
    ends = bench.ends([late, early, unlimited])
    assert [end["state"] for end in ends] == ["TIMEDOUT", "FINISHED", "FINISHED"]
    assert ends[0]["reason"] == "ran longer than 0.2 s"
    assert ends[0]["ended"] - ends[0]["started"] >= 0.2


def test_a_walltime_counts_from_the_start_not_from_the_submission(bench):
    blockers = bench.submit(*[{"command": ": >ready; while [ ! -e go ]; do sleep 0.02; done"}] * 2)
    (job,) = bench.submit({"command": "exit 0", "walltime": "2s", "enforce_walltime": True})
    bench.started(blockers)
    assert not bench.adapter._pool._alarms._alarms  # the limit is not even set yet
    for blocker in blockers:
        (blocker.workspace / "go").touch()
    assert bench.ends([job])[0]["state"] == states.FINISHED


def test_a_walltime_is_not_enforced_unless_the_study_asks(bench):
    (job,) = bench.submit({"command": "sleep 0.3; exit 0", "walltime": "0.1s"})
    assert bench.ends([job])[0]["state"] == states.FINISHED


def test_close_can_stop_everything(make_bench, alive, pid_in):
    bench = make_bench(grace=0.2)
    commands = [f"{DAEMON}; {SLEEPS}", STUBBORN, SLEEPS]
    jobs = bench.submit(*({"command": command} for command in commands))
    bench.started(jobs[:2])
    bench.adapter.close(stop_jobs=True)
    assert not alive(pid_in(jobs[0].workspace / "daemon"))
    assert [job.attempt and job.attempt.exit_code for job in jobs] == [143, 137, None]


def test_close_finishes_what_it_began_to_stop(make_bench, alive):
    bench = make_bench(grace=0.2)
    stubborn, other = bench.submit({"command": STUBBORN}, {"command": SLEEPS})
    bench.started([stubborn, other])
    cancel(bench, stubborn)
    bench.adapter.close()
    assert not alive(int(stubborn.id))
    assert alive(int(other.id))
    os.killpg(int(other.id), signal.SIGTERM)
    bench.eventually(lambda: other.attempt.exit_code == 143)


def test_a_killed_keeper_is_not_the_end_of_its_scripts(bench):
    """The job lasts as long as its script, which nobody may run a second time meanwhile."""
    command = ": >ready; while [ ! -e go ]; do sleep 0.02; done"
    (job,) = bench.submit({"command": command})
    bench.started([job])
    os.kill(job.attempt.keeper, signal.SIGKILL)
    bench.eventually(lambda: bench.poll([job]) and bench.adapter._pool._keeper.has_keeper is False)
    assert bench.poll([job])[job.key]["state"] == states.RUNNING
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    # An older kernel does not tell the exit code.
    assert (end["state"], end["exit_code"]) in [("FINISHED", 0), ("FAILED", None)]


def test_those_that_are_withdrawn_never_start_and_the_others_go_on(bench):
    *running, first, second = bench.submit(*[{"command": SLEEPS}] * 4)
    ids = [job.id for job in (*running, first)]
    assert bench.adapter.withdraw([*ids, "999999999"]) == [first.id]
    assert bench.poll([first])[first.key]["state"] == states.CANCELLED
    cancel(bench, *running)
    bench.started([second])
    assert first.attempt is None
    cancel(bench, second)
    bench.ends([second])
