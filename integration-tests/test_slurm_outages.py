"""A real Slurm that hangs, is away, or loses answers: no job changes its state, none is doubled."""

from __future__ import annotations

import pytest

from maestro_adapters.job import states
from maestro_adapters.slurm import adapter as slurm_adapter
from maestro_adapters.testing.contract import Bench

pytestmark = pytest.mark.slurm

#: Seconds for a command of Slurm; a hanging controller costs that much.
TIMEOUT = 1.0


@pytest.fixture
def bench(slurm, tmp_path):
    """Waits as long as a loaded machine needs."""
    return Bench(slurm_adapter.create({"timeout": 30}), tmp_path, 60, {"procs": 1})


@pytest.fixture
def hasty(slurm, tmp_path):
    """Does not wait for what will not answer."""
    folder = tmp_path / "hasty"
    folder.mkdir()
    return Bench(slurm_adapter.create({"timeout": TIMEOUT}), folder, 60, {"procs": 1})


WAITS = ": >ready; while [ ! -e go ]; do sleep 0.05; done"


@pytest.mark.parametrize("daemon", ["slurmctld", "munged"])
def test_an_outage_changes_no_state(slurm, bench, hasty, daemon):
    running, held = bench.submit({"command": WAITS}, {"command": "true", "priority": "held"})
    bench.started([running])
    with slurm.stopped(daemon):
        for _ in range(2):
            answers = hasty.poll([running, held])
            assert {answer["state"] for answer in answers.values()} == {states.UNREACHABLE}
            assert all("squeue" in answer["reason"] for answer in answers.values())
    bench.wait([running], until=lambda answer: answer["state"] == states.RUNNING)
    bench.wait([held], until=lambda answer: answer["state"] == states.PENDING)
    (running.workspace / "go").touch()
    (end,) = bench.ends([running])
    assert end["state"] == states.FINISHED
    bench.adapter.cancel([held.id])


def test_a_database_that_is_away_leaves_the_queue_s_answers(slurm, bench, hasty):
    (job,) = bench.submit({"command": WAITS})
    bench.started([job])
    with slurm.stopped("slurmdbd"):
        (answer,) = bench.poll([job]).values()
        assert answer["state"] == states.RUNNING
        unknown = hasty.adapter.poll(["999999"])["999999"]
        assert unknown["state"] == states.UNREACHABLE
        assert "in time" in unknown["reason"]
    (job.workspace / "go").touch()
    bench.ends([job])


def test_a_submission_whose_answer_was_lost_is_found_and_runs_once(slurm, bench, hasty):
    with slurm.stopped("slurmctld"):
        jobs = hasty.submit({"command": "echo once >>ran"})
        error = jobs[0].answer
        assert (error["transient"], error["unknown"]) == (True, True)
        assert error["command"][0] == "sbatch"
        tokens = [jobs[0].token]
        assert "error" in hasty.adapter.find(tokens)[tokens[0]]
    answer = {}

    def answered():
        answer.update(bench.adapter.find(tokens)[tokens[0]])
        return "error" not in answer

    slurm.until(answered, "an answer")
    # It was received while nobody listened.
    assert "job" in answer
    slurm.until(
        lambda: bench.adapter.poll([answer["job"]])[answer["job"]]["state"] == states.FINISHED,
        "its end",
    )
    assert (jobs[0].workspace / "ran").read_text() == "once\n"


def test_a_submission_that_never_arrived_is_absent(slurm, bench, hasty):
    """Without munge, `sbatch` gives up before it sends anything."""
    with slurm.stopped("munged"):
        (job,) = hasty.submit({"command": "true"})
    assert job.answer["transient"]
    slurm.until(lambda: slurm.run("squeue", "-h", check=False) == "", "an answer")
    assert bench.adapter.find([job.token]) == {job.token: {"absent": True}}


def test_many_submissions_to_a_hanging_controller_do_not_each_wait(slurm, hasty):
    with slurm.stopped("slurmctld"):
        jobs = hasty.submit(*({"command": "true"} for _ in range(40)))
    assert all(job.answer["transient"] for job in jobs)
    untried = [job for job in jobs if "not tried" in job.answer["error"]]
    assert len(untried) >= 40 - 8
    assert not any(job.answer["unknown"] for job in untried)
    slurm.until(lambda: slurm.run("squeue", "-h", check=False) == "", "an answer")


def test_cancel_is_an_error_until_the_scheduler_says_yes(slurm, bench, hasty):
    (job,) = bench.submit({"command": ": >ready; sleep 600"})
    bench.started([job])
    with slurm.stopped("slurmctld"):
        answer = hasty.adapter.cancel([job.id])[job.id]
        assert answer["transient"]
        assert "scancel" in answer["error"]
    slurm.until(
        lambda: bench.adapter.cancel([job.id])[job.id] == {"cancelled": True}, "a cancellation"
    )
    (end,) = bench.ends([job])
    assert end["state"] == states.CANCELLED
