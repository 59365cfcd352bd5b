"""What can happen to jobs of a real Slurm, seen through the adapter."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import slurm_cluster
from maestro_adapters.job import states
from maestro_adapters.slurm import adapter as slurm_adapter
from maestro_adapters.testing.contract import Bench

pytestmark = pytest.mark.slurm


@pytest.fixture
def bench(slurm, tmp_path):
    """Submits jobs of one task to the real Slurm."""
    return Bench(slurm_adapter.create({"timeout": 60}), tmp_path, 60, {"procs": 1})


@pytest.fixture
def array_bench(slurm, tmp_path):
    adapter = slurm_adapter.create({"timeout": 60, "array": True})
    return Bench(adapter, tmp_path, 60, {"procs": 1})


WAITS_FOR_A_FILE = ": >ready; while [ ! -e go ]; do sleep 0.05; done"


def test_a_slurm_that_does_not_start_fails_the_tests_and_skips_none():
    """`up.sh` refuses a folder whose sockets would have names that are too long."""
    with pytest.raises(RuntimeError, match="SLURM_TEST_DIR is too long"):
        slurm_cluster.start(Path(f"/tmp/{'x' * 60}"), {})


def test_a_node_that_fails_is_a_hardware_failure_and_the_job_is_not_requeued(slurm, bench):
    (job,) = bench.submit({"command": ": >ready; sleep 600"})
    bench.started([job])
    (node,) = bench.poll([job])[job.key]["nodes"]
    slurm.fail_node(node)
    try:
        (end,) = bench.ends([job])
    finally:
        slurm.resume_node(node)
    assert (end["state"], end["native"], end["nodes"]) == (states.HWFAILURE, "NODE_FAIL", [node])
    assert end["restarts"] == 0


def test_a_node_can_be_kept_away_from(slurm, bench):
    nodes = {f"n{number}" for number in range(1, 5)}
    job = bench._job({"command": "echo $SLURMD_NODENAME"}, None)
    job["exclude_nodes"] = ["n1", "n2"]
    other = bench._job(
        {"command": "echo $SLURMD_NODENAME", "allocation_args": {"exclude": "n3"}}, None
    )
    other["exclude_nodes"] = ["n1", "n2"]
    ids = bench.adapter.submit([job, other])
    seen = {}

    def ended():
        seen.update(bench.adapter.poll([ids[key]["job"] for key in ids]))
        return all(answer["state"] in states.FINAL for answer in seen.values())

    slurm.until(ended, "both jobs ended")
    assert set(seen[ids[job["key"]]["job"]]["nodes"]) <= nodes - {"n1", "n2"}
    assert seen[ids[other["key"]]["job"]]["nodes"] == ["n4"]


def test_a_requeue_by_the_site_is_the_same_attempt(slurm, bench):
    command = 'echo "run $SLURM_RESTART_COUNT" >>runs; ' + WAITS_FOR_A_FILE
    (job,) = bench.submit({"command": command, "requeue": True})
    bench.started([job])
    (job.workspace / "ready").unlink()
    slurm.run("scontrol", "requeue", job.id)
    (answer,) = bench.wait([job], until=lambda answer: answer["restarts"] == 1)
    assert answer["state"] in states.LIVE
    bench.eventually((job.workspace / "ready").exists)
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    assert (end["state"], end["restarts"]) == (states.FINISHED, 1)
    assert (job.workspace / "runs").read_text() == "run \nrun 1\n"
    assert job.attempt.exit_code == 0


def test_a_job_is_not_requeued_unless_the_study_asks(slurm, bench):
    (job,) = bench.submit({"command": ": >ready; sleep 600"})
    bench.started([job])
    slurm.run("scontrol", "requeue", job.id, check=False)
    bench.adapter.cancel([job.id])
    (end,) = bench.ends([job])
    assert (end["state"], end["restarts"]) == (states.CANCELLED, 0)


def test_a_preempted_job_is_preempted(slurm, bench):
    """`--no-requeue`: Slurm's PreemptMode=REQUEUE ends the job instead."""
    (victim,) = bench.submit(
        {"command": ": >ready; sleep 600", "queue": "scavenge", "nodes": 4, "procs": 32}
    )
    bench.started([victim])
    (winner,) = bench.submit(
        {"command": "true", "queue": "debug", "nodes": 4, "exclusive_allocation": True}
    )
    lost, won = bench.ends([victim, winner])
    assert (lost["state"], lost["native"]) == (states.PREEMPTED, "PREEMPTED")
    assert won["state"] == states.FINISHED


def test_a_suspended_job_is_alive(slurm, bench):
    (job,) = bench.submit({"command": WAITS_FOR_A_FILE})
    bench.started([job])
    slurm.run("scontrol", "suspend", job.id)
    bench.wait([job], until=lambda answer: answer["state"] == states.SUSPENDED)
    slurm.run("scontrol", "resume", job.id)
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    assert end["state"] == states.FINISHED


def test_a_held_job_waits_and_says_why(bench):
    (job,) = bench.submit({"command": "true", "priority": "held"})
    (answer,) = bench.poll([job]).values()
    assert (answer["state"], answer["reason"]) == (states.PENDING, "JobHeldUser")
    bench.adapter.cancel([job.id])


def test_a_job_cancelled_by_an_administrator_is_cancelled(slurm, bench):
    (job,) = bench.submit({"command": ": >ready; sleep 600"})
    bench.started([job])
    slurm.run("scancel", job.id)
    (end,) = bench.ends([job])
    assert end["state"] == states.CANCELLED


def test_a_death_by_signal_gives_128_and_its_number(bench):
    (job,) = bench.submit({"command": "kill -9 $$"})
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == (states.FAILED, 137)
    assert job.attempt.exit_code == 137


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"bank": "nope"}, "Invalid account"),
        ({"queue": "nope"}, "Invalid partition"),
        ({"qos": "nope"}, "Invalid qos"),
        ({"allocation_args": {"nosuch": 1}}, "unrecognized option"),
        ({"reservation": "nope"}, "reservation is invalid"),
    ],
)
def test_a_refusal_says_what_slurm_said_and_is_final(bench, fields, words):
    (job,) = bench.submit({"command": "true", **fields})
    answer = job.answer
    assert words in answer["error"]
    assert (answer["transient"], answer["unknown"]) == (False, False)
    assert answer["command"][0] == "sbatch"


def test_a_submit_limit_is_waiting_and_stops_nobody_else(bench):
    """QOS `limited` takes three jobs of a user, and runs one at a time."""
    command = ": >ready; while [ ! -e ../go ]; do sleep 0.05; done"
    jobs = bench.submit(
        *({"command": command, "qos": "limited", "walltime": "5"} for _ in range(6)),
        {"command": "true", "qos": "normal"},
    )
    *limited, normal = jobs
    refused = [job for job in limited if "error" in job.answer]
    assert len(refused) == 3
    for job in refused:
        assert (job.answer["transient"], job.answer["unknown"]) == (True, False)
        assert "no more jobs for now" in job.answer["error"] or "not tried" in job.answer["error"]
    assert "job" in normal.answer
    Path(bench.folder / "go").touch()
    bench.ends([job for job in limited if job not in refused])
    (late,) = bench.submit({"command": "true", "qos": "limited", "walltime": "5"})
    bench.ends([late])


@pytest.mark.parametrize("array", [False, True])
def test_a_limit_of_the_user_s_own_counts_every_job(slurm, tmp_path, array):
    """Two studies, and a job that neither submitted."""
    slurm.run("sbatch", "--hold", "--output=/dev/null", "--wrap=true")
    options = {"timeout": 60, "user_throttle": 4, "array": array}
    benches = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        adapter = slurm_adapter.create(options)
        benches.append(Bench(adapter, tmp_path / name, 60, {"procs": 1}))
    first = benches[0].submit({"command": WAITS_FOR_A_FILE}, {"command": WAITS_FOR_A_FILE})
    second = benches[1].submit(*({"command": "true", "priority": "held"} for _ in range(3)))
    assert ["job" in job.answer for job in [*first, *second]] == [True, True, True, False, False]
    for job in second[1:]:
        assert (job.answer["transient"], job.answer["unknown"]) == (True, False)
        assert "user_throttle is 4, and 4 jobs" in job.answer["error"]
    for job in first:
        (job.workspace / "go").touch()
    benches[0].ends(first)
    again = benches[1].submit(*({"command": "true"} for _ in range(3)))
    assert ["job" in job.answer for job in again] == [True, True, False]


def test_an_array_that_a_limit_refuses_is_submitted_in_part(array_bench):
    command = ": >ready; while [ ! -e ../go ]; do sleep 0.05; done"
    jobs = array_bench.submit(
        *({"command": command, "qos": "limited", "walltime": "5"} for _ in range(8))
    )
    taken = [job for job in jobs if "job" in job.answer]
    assert 1 <= len(taken) <= 3
    assert all(job.answer["transient"] for job in jobs if job not in taken)
    (array_bench.folder / "go").touch()
    ends = array_bench.ends(taken)
    assert {end["state"] for end in ends} == {states.FINISHED}


def test_the_scheduler_s_messages_end_up_in_the_element_s_own_log(slurm, array_bench):
    jobs = array_bench.submit(*({"command": ": >ready; sleep 600"} for _ in range(3)))
    assert [job.id.partition("_")[2] for job in jobs] == ["0", "1", "2"]
    array_bench.started(jobs)
    assert array_bench.adapter.cancel([jobs[1].id]) == {jobs[1].id: {"cancelled": True}}
    (end,) = array_bench.ends([jobs[1]])
    assert end["state"] == states.CANCELLED
    assert [a["state"] for a in array_bench.poll([jobs[0], jobs[2]]).values()] == ["RUNNING"] * 2
    (log,) = jobs[1].workspace.glob("*.err")
    assert log.name == f"job.{jobs[1].id}.err"
    array_bench.eventually(lambda: "CANCELLED" in log.read_text())
    (untouched,) = jobs[0].workspace.glob("*.err")
    assert untouched.read_text() == ""
    assert not list(jobs[0].workspace.glob(".array.*"))


def test_an_array_is_no_larger_than_the_site_allows(slurm, array_bench):
    """MaxArraySize is 1001 here: indices 0 to 1000."""
    jobs = array_bench.submit(
        *({"command": "true", "allocation_args": {"hold": None}} for _ in range(1003))
    )
    bases = {job.id.partition("_")[0] for job in jobs}
    assert len(bases) == 2
    assert len({job.id for job in jobs}) == 1003
    tokens = [job.token for job in jobs]
    found = array_bench.adapter.find(tokens)
    assert {token: answer["job"] for token, answer in found.items()} == {
        job.token: job.id for job in jobs
    }
    array_bench.adapter.cancel([job.id for job in jobs])


def test_without_accounting_the_queue_alone_is_asked(slurm, bench, tmp_path, monkeypatch):
    """A real `sacct` on a site that keeps no accounts refuses."""
    config = Path(slurm.folder / "etc" / "slurm.conf").read_text().splitlines()
    bare = tmp_path / "slurm.conf"
    lines = [line for line in config if not line.startswith("AccountingStorage")]
    bare.write_text("\n".join([*lines, "AccountingStorageType=accounting_storage/none", ""]))
    (job,) = bench.submit({"command": "exit 3"})
    monkeypatch.setenv("SLURM_CONF", str(bare))
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == (states.FAILED, 3)

    def state():
        return bench.adapter.poll(["999999"])["999999"]["state"]

    assert [state(), state()] == [states.UNKNOWN, states.UNKNOWN]
    slurm.until(lambda: state() == states.NOTFOUND, "not found")


def test_the_user_s_settings_of_slurm_s_commands_do_not_matter(bench, monkeypatch):
    for name, value in {
        "SQUEUE_FORMAT": "%.3j",
        "SQUEUE_FORMAT2": "Name:5",
        "SQUEUE_STATES": "PENDING",
        "SACCT_FORMAT": "User%3",
        "SBATCH_PARTITION": "nope",
        "SBATCH_ARRAY_INX": "0-3",
        "SLURM_TIME_FORMAT": "relative",
        "SLURM_JOB_ID": "999999",
        "LC_ALL": "de_DE.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    (job,) = bench.submit({"command": "echo $LC_ALL; exit 3"})
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == (states.FAILED, 3)
    assert 0 <= end["ended"] - end["started"] < 60
    # The job itself has the user's locale.
    assert job.output == b"de_DE.UTF-8\n"


def test_the_site_s_banners_do_not_matter(bench, tmp_path, monkeypatch):
    """As a wrapper around the commands prints them, with numbers in them."""
    wrappers = tmp_path / "wrappers"
    wrappers.mkdir()
    for command in ("sbatch", "squeue", "sacct", "scancel"):
        real = shutil.which(command)
        path = wrappers / command
        path.write_text(
            f'#!/bin/sh\necho "*** 12 nodes are down until 2026-12-24 ***"\n"{real}" "$@"\n'
            "code=$?\necho '4711'' jobs wait | ask 5555'\nexit $code\n"
        )
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrappers}:{os.environ['PATH']}")
    done, held = bench.submit({"command": "true"}, {"command": "true", "priority": "held"})
    (end,) = bench.ends([done])
    assert end["state"] == states.FINISHED
    assert bench.adapter.find([held.token])[held.token]["job"] == held.id
    assert bench.adapter.cancel([held.id]) == {held.id: {"cancelled": True}}
    (end,) = bench.ends([held])
    assert end["state"] == states.CANCELLED


@pytest.mark.parametrize("array", [False, True])
def test_a_cluster_that_is_asked_for_by_name(slurm, tmp_path, array):
    """`sbatch --clusters` gives ids as `123;cluster`; every later command names the cluster, too."""
    options = {"timeout": 60, "array": array, "allocation_args": {"clusters": "slurmtest"}}
    bench = Bench(slurm_adapter.create(options), tmp_path, 60, {"procs": 1})
    jobs = bench.submit({"command": "true"}, {"command": "exit 3"})
    (held,) = bench.submit({"command": "true", "priority": "held"})
    assert all(job.id.endswith(";slurmtest") for job in [*jobs, held])
    assert [end["state"] for end in bench.ends(jobs)] == [states.FINISHED, states.FAILED]
    stranger = slurm_adapter.create(options)
    assert stranger.find([held.token])[held.token]["job"] == held.id
    bench.adapter.cancel([held.id])
    (end,) = bench.ends([held])
    assert end["state"] == states.CANCELLED
