"""A keeper that is killed costs no exit code: its scripts are ours then.

Would catch an exit code that is lost or made up, a script that runs twice, and a child of the host program that is reaped.
"""

import ctypes
import os
import signal
import subprocess

import pytest

from maestro_adapters.job import states
from maestro_adapters.local.processes import process_table, subreaper
from maestro_adapters.local.system import System

UNTIL_GO = ": >ready; while [ ! -e go ]; do sleep 0.02; done"


@pytest.fixture
def adopting(make_bench):
    """Creates a caller whose process adopts."""
    return lambda **options: make_bench(adopt=True, **options)


def adopts():
    answer = ctypes.c_int(0)
    ctypes.CDLL(None).prctl(37, ctypes.byref(answer), 0, 0, 0)  # PR_GET_CHILD_SUBREAPER
    return bool(answer.value)


def test_a_process_adopts_only_as_long_as_its_adapter_is_open(adopting, make_bench):
    plain = make_bench()
    assert not adopts()
    outer, inner = adopting(), adopting()
    assert adopts()
    inner.adapter.close()
    assert adopts()  # as it was before this one came
    outer.adapter.close()
    assert not adopts()
    plain.adapter.close()


def kill_keeper(job):
    os.kill(job.attempt.keeper, signal.SIGKILL)


def is_ours(bench, job):
    """Whether its script is known as our child."""
    return bench.poll([job]) and bench.adapter._pool._table.by_id(job.id).child


@pytest.mark.parametrize(("ending", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_of_a_script_whose_keeper_was_killed(adopting, ending, code):
    bench = adopting()
    (job,) = bench.submit({"command": f"{UNTIL_GO}; {ending}"})
    bench.started([job])
    kill_keeper(job)
    bench.eventually(lambda: is_ours(bench, job))
    assert bench.poll([job])[job.key]["state"] == states.RUNNING
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    state = states.FAILED if code else states.FINISHED
    assert (end["state"], end["exit_code"]) == (state, code)
    assert job.attempt.exit_code == code  # who asks later is told, too


def test_a_script_that_ended_while_its_keeper_died(adopting):
    """The keeper had no time to write the end; the kernel kept the exit code."""
    bench = adopting()
    (job,) = bench.submit({"command": f"{UNTIL_GO}; exit 3"})
    bench.started([job])
    keeper = job.attempt.keeper
    os.kill(keeper, signal.SIGSTOP)
    (job.workspace / "go").touch()
    bench.eventually(lambda: process_table.is_zombie(int(job.id)))
    os.kill(keeper, signal.SIGKILL)
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == (states.FAILED, 3)
    assert job.attempt.exit_code == 3


def test_an_end_that_was_written_and_not_told(adopting):
    bench = adopting()
    (job,) = bench.submit({"command": f"{UNTIL_GO}; exit 3"})
    bench.started([job])
    (job.workspace / "go").touch()
    bench.eventually(lambda: job.attempt.exit_code is not None)
    kill_keeper(job)
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == (states.FAILED, 3)
    assert (job.workspace / ".attempt.1").read_text().count("end ") == 1


def test_what_waits_goes_to_another_keeper_once_its_slot_is_free(adopting):
    bench = adopting(slots=1)
    first, second = bench.submit({"command": UNTIL_GO}, {"command": "exit 5"})
    bench.started([first])
    kill_keeper(first)
    bench.eventually(lambda: is_ours(bench, first))
    assert bench.poll([second])[second.key]["state"] == states.PENDING
    (first.workspace / "go").touch()
    assert [end["exit_code"] for end in bench.ends([first, second])] == [0, 5]
    assert second.attempt.keeper != first.attempt.keeper


@pytest.mark.parametrize("moment", ["before it read", "before it said so"])
def test_a_keeper_that_is_killed_while_it_starts_a_script(adopting, moment):
    """What it was asked is done once, whether it had come to it or not."""
    bench = adopting(slots=1)
    (first,) = bench.submit({"command": UNTIL_GO})
    bench.started([first])
    keeper = first.attempt.keeper
    if moment == "before it read":
        os.kill(keeper, signal.SIGSTOP)
        (second,) = bench.submit({"command": f"echo ran >>ran; {UNTIL_GO}; exit 6"})
    else:
        (second,) = bench.submit({"command": f"echo ran >>ran; {UNTIL_GO}; exit 6"})
        (first.workspace / "go").touch()
        bench.eventually((second.workspace / "ready").exists)
    os.kill(keeper, signal.SIGKILL)
    (first.workspace / "go").touch()
    bench.started([second])
    (second.workspace / "go").touch()
    assert [end["exit_code"] for end in bench.ends([first, second])] == [0, 6]
    assert (second.workspace / "ran").read_text() == "ran\n"
    assert len(list(second.workspace.glob("job.*.out"))) == 1
    assert not list(second.workspace.glob(".log.*"))


def test_a_script_that_was_a_keeper_s_last_act(adopting):
    """Its process id was not even written; it is our child that runs a shell and that we do not know."""
    bench = adopting(slots=1)
    other = subprocess.Popen(["sleep", "600"], start_new_session=True)
    (first,) = bench.submit({"command": UNTIL_GO})
    bench.started([first])
    pool = bench.adapter._pool
    started = subprocess.Popen(["bash", "-c", "exit 9"], start_new_session=True)
    os.waitid(os.P_PID, started.pid, os.WEXITED | os.WNOWAIT)
    (second,) = bench.submit({"command": "exit 0"})
    keeper = first.attempt.keeper
    (second.workspace / ".attempt.1").write_text(f"start keeper={keeper} host=n boot=b\n")
    os.kill(keeper, signal.SIGKILL)
    (end,) = bench.ends([second])
    assert end["exit_code"] == 9
    assert pool._table.by_token(second.token).pid == started.pid
    started.returncode = 9  # it was ours to reap
    other.kill()
    assert other.wait() == -signal.SIGKILL
    (first.workspace / "go").touch()
    bench.ends([first])


def test_a_keeper_that_dies_at_once_is_no_endless_loop(make_bench):
    bench = make_bench(system=System(python="/bin/false"))
    (job,) = bench.submit({"command": "true"})
    (end,) = bench.ends([job])
    assert (end["state"], "dies at once" in end["reason"]) == (states.FAILED, True)
    assert job.attempt is None


def test_no_keeper_to_be_had_is_an_error(make_bench):
    bench = make_bench(system=System(python="/no/such/python"))
    (job,) = bench.submit({"command": "true"})
    assert "No such file" in job.answer["error"]


@pytest.mark.parametrize("trap", ["", "trap '' TERM;"])
def test_an_orphan_is_cancelled_like_any_other(adopting, trap):
    bench = adopting(grace=0.2)
    (job,) = bench.submit({"command": f"{trap} {UNTIL_GO}"})
    bench.started([job])
    kill_keeper(job)
    bench.eventually(lambda: is_ours(bench, job))
    bench.adapter.cancel([job.id])
    (end,) = bench.ends([job])
    assert end["state"] == states.CANCELLED
    assert end["exit_code"] == (137 if trap else 143)


def test_what_a_job_left_behind_is_reaped(adopting, pid_in):
    bench = adopting(system=System(reap_interval=0.0))
    (job,) = bench.submit({"command": "sleep 600 >/dev/null 2>&1 & echo $! >child"})
    bench.ends([job])
    child = pid_in(job.workspace / "child")
    os.kill(child, signal.SIGKILL)
    bench.eventually(lambda: bench.poll([job]) and not os.path.exists(f"/proc/{child}"))


def test_a_child_of_the_host_program_is_not(adopting):
    adopting()
    with subprocess.Popen(["sh", "-c", "exit 9"], start_new_session=True) as other:
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        subreaper.reap_orphans({os.getsid(0)})
        assert other.wait() == 9
