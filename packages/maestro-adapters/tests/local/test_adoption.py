"""A driver that is killed costs no exit code: its script is ours then."""

import contextlib
import ctypes
import os
import signal
import subprocess

import pytest

from maestro_adapters import states
from maestro_adapters.local import adoption

UNTIL_GO = "echo $$ >script; : >ready; while [ ! -e go ]; do sleep 0.02; done"


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


def kill_driver(job):
    os.kill(int(job.id), signal.SIGKILL)


def is_zombie(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rsplit(b")", 1)[1].split()[0] == b"Z"
    return False


@pytest.mark.parametrize(("ending", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_of_a_script_whose_driver_was_killed(adopting, ending, code):
    bench = adopting()
    (job,) = bench.submit({"command": f"{UNTIL_GO}; {ending}"})
    bench.started([job])
    kill_driver(job)
    bench.eventually(lambda: bench.adapter._pool._jobs[job.id].orphan)
    assert bench.poll([job])[job.key]["state"] == states.RUNNING
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    state = states.FAILED if code else states.FINISHED
    assert (end["state"], end["exit_code"]) == (state, code)
    assert job.attempt.exit_code == code  # who asks later is told, too


def test_a_script_that_ended_before_anybody_looked(adopting, pid_in):
    bench = adopting()
    (job,) = bench.submit({"command": f"{UNTIL_GO}; exit 3"})
    bench.started([job])
    script = pid_in(job.workspace / "script")
    with bench.adapter._pool._lock:  # the pool sees nothing meanwhile
        kill_driver(job)
        (job.workspace / "go").touch()
        bench.eventually(lambda: is_zombie(script))
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == (states.FAILED, 3)


def test_what_ends_in_the_session_of_a_running_job_is_left_for_it(adopting):
    """The death of its driver may not have been noticed yet."""
    bench = adopting()
    (job,) = bench.submit({"command": UNTIL_GO})
    bench.started([job])
    pool = bench.adapter._pool
    with pool._lock:
        kill_driver(job)
        bench.eventually(lambda: is_zombie(int(job.id)))
        pool._orphans._next_reaping = 0.0
        pool._orphans.reap(pool._running)
        assert is_zombie(int(job.id))
    (job.workspace / "go").touch()
    assert bench.ends([job])[0]["exit_code"] == 0


def test_a_slot_stays_taken_as_long_as_the_script_runs(adopting):
    bench = adopting(slots=1)
    first, second = bench.submit({"command": UNTIL_GO}, {"command": "true"})
    bench.started([first])
    kill_driver(first)
    bench.eventually(lambda: bench.adapter._pool._jobs[first.id].orphan)
    assert bench.poll([second])[second.key]["state"] == states.PENDING
    (first.workspace / "go").touch()
    assert [end["exit_code"] for end in bench.ends([first, second])] == [0, 0]


@pytest.mark.parametrize("trap", ["", "trap '' TERM;"])
def test_an_orphan_is_cancelled_like_any_other(adopting, trap):
    bench = adopting(grace=0.2)
    (job,) = bench.submit({"command": f"{trap} {UNTIL_GO}"})
    bench.started([job])
    kill_driver(job)
    bench.eventually(lambda: bench.adapter._pool._jobs[job.id].orphan)
    bench.adapter.cancel([job.id])
    (end,) = bench.ends([job])
    assert end["state"] == states.CANCELLED
    assert end["exit_code"] == (137 if trap else 143)


def test_what_a_job_left_behind_is_reaped(adopting, pid_in, monkeypatch):
    monkeypatch.setattr("maestro_adapters.local.adoption._REAP_INTERVAL", 0.0)
    bench = adopting()
    (job,) = bench.submit({"command": "sleep 600 >/dev/null 2>&1 & echo $! >child"})
    bench.ends([job])
    child = pid_in(job.workspace / "child")
    os.kill(child, signal.SIGKILL)
    bench.eventually(lambda: bench.poll([job]) and not os.path.exists(f"/proc/{child}"))


def test_a_child_of_the_host_program_is_not(adopting):
    adopting()
    with subprocess.Popen(["sh", "-c", "exit 9"], start_new_session=True) as other:
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        adoption.reap_orphans({os.getsid(0)})
        assert other.wait() == 9
