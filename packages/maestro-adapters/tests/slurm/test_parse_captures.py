"""What a real Slurm 22.05.8 answered (`captures/`), with and without a site's banners around it.

A fault here would be a parser that reads what we think Slurm prints, and not what it prints.
"""

from pathlib import Path

import attrs
import pytest

from maestro_adapters.job import states
from maestro_adapters.slurm import commands, errors, parse
from maestro_adapters.testing.recorded_runner import read_recording

CAPTURES = Path(__file__).parent / "captures"
BANNER = "*** Maintenance on 2026-12-24, ask 5555 ***\n4711 jobs wait | 12 nodes are down\n"

#: What happened to each job, by its comment: neutral state, exit code, restarts, reason.
ENDED = {
    "finished": (states.FINISHED, 0, 0, None),
    "failed": (states.FAILED, 3, 0, "NonZeroExitCode"),
    "signalled": (states.FAILED, 137, 0, "JobLaunchFailure"),
    "cancelled": (states.CANCELLED, None, 0, None),
    "timeout": (states.TIMEDOUT, None, 0, "TimeLimit"),
    "lost": (states.HWFAILURE, None, 0, "NodeDown"),
    "preempted": (states.PREEMPTED, None, 0, None),
}
LIVE = {
    "held": (states.PENDING, None, 0, "JobHeldUser"),
    "waiting": (states.PENDING, None, 0, "BeginTime"),
    "array": (states.PENDING, None, 0, "JobArrayTaskLimit"),
    "running": (states.RUNNING, None, 0, None),
    "suspended": (states.SUSPENDED, None, 0, None),
    # The queue says how often the site requeued a job; accounting never does.
    "requeued": (states.PENDING, None, 1, "BeginTime"),
    "requeue-held": (states.PENDING, None, 1, "job requeued in held state"),
}


@pytest.fixture(params=["", BANNER], ids=["plain", "banners"])
def recorded(request):
    """Reads a recording, as a site with or without banners prints it."""

    def read(name):
        result = read_recording(CAPTURES / f"{name}.txt")
        return attrs.evolve(
            result,
            stdout=request.param + result.stdout + request.param,
            stderr=request.param + result.stderr,
        )

    return read


@pytest.fixture
def plays(runner, recorded):
    """Lets programs answer as recorded."""

    def play(*names):
        for name in names:
            result = recorded(name)
            runner.answers(result.argv[0], result.stdout, result.stderr, result.exit_code)

    return play


@pytest.fixture
def ids():
    """Id of each job of the recordings, by what happened to it; of the array, its first that waits."""
    shown = reversed(list(parse.squeue(read_recording(CAPTURES / "squeue.txt").stdout)))
    return {job.comment.split()[-1].split(".")[1]: job.job_id for job in shown if job.comment}


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("squeue", lambda _: commands.squeue(None)),
        ("squeue-cluster", lambda _: commands.squeue("slurmtest")),
        ("squeue-no-munge", lambda _: commands.squeue(None)),
        ("sacct-cluster", lambda ids: commands.sacct([ids["cancelled"]], "slurmtest")),
        ("sacct-no-accounting", lambda _: commands.sacct(["1"], None)),
        ("scancel-unknown", lambda _: commands.scancel(["999999"], None)),
    ],
)
def test_the_recorded_commands_are_those_that_are_run(monkeypatch, ids, name, call):
    monkeypatch.setattr("os.getuid", lambda: 0)
    assert read_recording(CAPTURES / f"{name}.txt").argv == call(ids).argv


@pytest.mark.parametrize("name", ["squeue", "squeue-cluster"])
def test_the_queue_tells_what_became_of_each_job(make_adapter, plays, ids, name):
    plays(name)
    cluster = ";slurmtest" if name == "squeue-cluster" else ""
    adapter = make_adapter()
    assert len(ids) == len(ENDED | LIVE)
    answers = adapter.poll([f"{job_id}{cluster}" for job_id in ids.values()])
    assert {
        what: tuple(
            answers[f"{job_id}{cluster}"][key]
            for key in ("state", "exit_code", "restarts", "reason")
        )
        for what, job_id in ids.items()
    } == ENDED | LIVE
    assert answers[f"{ids['lost']}{cluster}"]["nodes"] == ["n4"]


@pytest.mark.parametrize("what", sorted(ENDED))
def test_accounting_tells_what_became_of_jobs_that_left_the_queue(
    runner, make_adapter, plays, ids, what
):
    """`CANCELLED by 0` among them."""
    runner.answers("squeue", "")
    plays("sacct")
    answer = make_adapter().poll([ids[what]])[ids[what]]
    assert (answer["state"], answer["exit_code"]) == ENDED[what][:2]


@pytest.mark.parametrize("what", sorted(LIVE))
def test_accounting_is_not_believed_that_a_job_lives_which_the_queue_lacks(
    runner, make_adapter, plays, ids, what
):
    runner.answers("squeue", "")
    plays("sacct")
    assert make_adapter().poll([ids[what]])[ids[what]]["state"] == states.UNKNOWN


def test_a_job_of_a_federation_that_somebody_cancelled(runner, make_adapter, plays, ids):
    job_id = f"{ids['cancelled']};slurmtest"
    runner.answers("squeue", "")
    plays("sacct-cluster")
    answer = make_adapter().poll([job_id])[job_id]
    assert (answer["state"], answer["native"]) == (states.CANCELLED, "CANCELLED by 0")


def test_a_job_is_found_by_the_last_word_of_its_comment(make_adapter, plays, ids):
    plays("squeue")
    tokens = {"m0.held.1": states.PENDING, "m0.suspended.1": states.RUNNING}
    assert make_adapter().find([*tokens, "m0.nobody.1"]) == {
        **{t: {"job": ids[t.split(".")[1]], "state": state} for t, state in tokens.items()},
        "m0.nobody.1": {"absent": True},
    }


@pytest.mark.parametrize("name", ["sbatch", "sbatch-cluster", "sbatch-array"])
def test_the_id_of_a_submission(make_adapter, make_jobs, plays, name):
    plays(name)
    adapter = make_adapter()
    (answer,) = adapter.submit(make_jobs(adapter, 1)).values()
    expected = read_recording(CAPTURES / f"{name}.txt").stdout.strip()
    assert answer == {"job": expected, "state": states.PENDING}
    assert expected.partition(";")[2] == ("slurmtest" if name == "sbatch-cluster" else "")


@pytest.mark.parametrize(
    ("name", "transient"),
    [
        *((path.stem, False) for path in sorted(CAPTURES.glob("sbatch-bad-*.txt"))),
        ("sbatch-limit", True),
        ("sbatch-no-controller", True),
        ("sbatch-no-munge", True),
    ],
)
def test_submissions_that_fail(make_adapter, make_jobs, plays, name, transient):
    plays(name)
    adapter = make_adapter()
    (answer,) = adapter.submit(make_jobs(adapter, 1)).values()
    assert (answer["transient"], answer["unknown"]) == (transient, False)
    assert read_recording(CAPTURES / f"{name}.txt").stderr.splitlines()[-1] in answer["error"]


@pytest.mark.parametrize("name", ["squeue-no-controller", "squeue-no-munge"])
def test_a_queue_that_cannot_be_asked(make_adapter, plays, name):
    plays(name)
    answer = make_adapter().poll(["27"])["27"]
    assert answer["state"] == states.UNREACHABLE
    assert read_recording(CAPTURES / f"{name}.txt").stderr.splitlines()[-1] in answer["reason"]


def test_accounting_that_cannot_be_asked(runner, make_adapter, plays):
    runner.answers("squeue", "")
    plays("sacct-no-database")
    answer = make_adapter().poll(["27"])["27"]
    assert answer["state"] == states.UNREACHABLE
    assert "Problem talking to the database" in answer["reason"]


def test_a_site_without_accounting(runner, make_adapter, recorded):
    assert errors.has_no_accounting(recorded("sacct-no-accounting"))
    assert not errors.has_no_accounting(recorded("sacct-no-database"))


@pytest.mark.parametrize("name", ["scancel-ended", "scancel-unknown"])
def test_what_has_ended_counts_as_cancelled(make_adapter, plays, name):
    plays(name)
    assert make_adapter().cancel(["29"]) == {"29": {"cancelled": True}}


def test_a_cancellation_that_reached_nobody(make_adapter, plays):
    plays("scancel-no-controller")
    answer = make_adapter().cancel(["1"])["1"]
    assert (answer["transient"], "cancelled" in answer) == (True, False)
