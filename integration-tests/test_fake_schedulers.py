"""What LSF and Flux may do to a study, on the fakes; and that the fakes refuse what the manuals do not know."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from maestro_adapters.flux import adapter as flux_adapter
from maestro_adapters.job import states
from maestro_adapters.lsf import adapter as lsf_adapter
from maestro_adapters.testing.contract import Bench
from maestro_adapters.testing.recorded_runner import read_recording

#: What a real Flux 0.88.0 answered.
RECORDED = Path(__file__).parents[1] / "packages/maestro-adapters/tests/flux/captures"
WAITS = ": >ready; while [ ! -e go ]; do sleep 0.05; done"


@pytest.fixture(params=[lsf_adapter, flux_adapter], ids=["lsf", "flux"])
def bench(request, fake_commands, tmp_path):
    return Bench(request.param.create({"timeout": 60}), tmp_path, 60, {"procs": 1})


@pytest.fixture
def lsf_bench(fake_commands, tmp_path):
    return Bench(lsf_adapter.create({"timeout": 60}), tmp_path, 60, {"procs": 1})


@pytest.fixture
def flux_bench(fake_commands, tmp_path):
    return Bench(flux_adapter.create({"timeout": 60}), tmp_path, 60, {"procs": 1})


def test_an_outage_changes_no_state(bench, fake_commands):
    (job,) = bench.submit({"command": WAITS})
    bench.started([job])
    fake_commands.begin("down")
    for _ in range(4):
        (answer,) = bench.poll([job]).values()
        assert answer["state"] == states.UNREACHABLE
    assert bench.adapter.cancel([job.id])[job.id]["transient"]
    assert "error" in bench.adapter.find([job.token])[job.token]
    (refused,) = bench.submit({"command": "true"})
    assert (refused.answer["transient"], refused.answer["unknown"]) == (True, False)
    fake_commands.end("down")
    (answer,) = bench.poll([job]).values()
    assert answer["state"] == states.RUNNING
    (job.workspace / "go").touch()
    (end,) = bench.ends([job])
    assert end["state"] == states.FINISHED


def test_an_unknown_queue_is_a_final_refusal(bench):
    (job,) = bench.submit({"command": "true", "queue": "nope"})
    assert (job.answer["transient"], job.answer["unknown"]) == (False, False)
    assert "nope" in job.answer["error"]


def test_an_unknown_option_is_a_final_refusal(bench):
    (job,) = bench.submit({"command": "true", "allocation_args": {"nosuchoption": 1}})
    assert not job.answer["transient"]


def test_a_limit_of_pending_jobs_is_waiting(lsf_bench, fake_commands):
    (held,) = lsf_bench.submit({"command": "true", "priority": "held"})
    fake_commands.begin("max_pend_jobs", "1")
    jobs = lsf_bench.submit({"command": "true"}, {"command": "true"})
    assert all((job.answer["transient"], job.answer["unknown"]) == (True, False) for job in jobs)
    lsf_bench.adapter.cancel([held.id])
    (job,) = lsf_bench.submit({"command": "true"})
    (end,) = lsf_bench.ends([job])
    assert end["state"] == states.FINISHED


@pytest.mark.parametrize("kind", [lsf_adapter, flux_adapter], ids=["lsf", "flux"])
def test_a_limit_of_the_user_s_own_counts_every_job(kind, fake_commands, tmp_path):
    """Two studies."""
    benches = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        adapter = kind.create({"timeout": 60, "user_throttle": 2})
        benches.append(Bench(adapter, tmp_path / name, 60, {"procs": 1}))
    (first,) = benches[0].submit({"command": WAITS})
    held, refused = benches[1].submit(*({"command": "true", "priority": "held"} for _ in range(2)))
    assert "job" in held.answer
    assert (refused.answer["transient"], refused.answer["unknown"]) == (True, False)
    assert "user_throttle is 2, and 2 jobs" in refused.answer["error"]
    (first.workspace / "go").touch()
    benches[0].ends([first])
    (job,) = benches[1].submit({"command": "true"})
    assert "job" in job.answer
    benches[1].ends([job])


def test_a_flux_without_named_queues_takes_a_study_that_names_one(flux_bench, fake_commands):
    fake_commands.begin("anonymous_queue")
    (job,) = flux_bench.submit({"command": "true", "queue": "pdebug"})
    (end,) = flux_bench.ends([job])
    assert end["state"] == states.FINISHED


def test_ids_in_a_locale_without_the_letter(flux_bench, monkeypatch):
    """`flux batch` runs in the user's locale and prints `f…`; `flux jobs` in ours, and prints `ƒ…`."""
    monkeypatch.setenv("LC_ALL", "C")
    (job,) = flux_bench.submit({"command": "true"})
    assert job.id.startswith("ƒ")
    (end,) = flux_bench.ends([job])
    assert end["state"] == states.FINISHED


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["bsub", "-nosuch", "x"], 255),
        (["bjobs", "-nosuch"], 255),
        (["bjobs", "-a", "-o", "jobid nosuch"], 255),
        (["bkill", "-nosuch", "1"], 255),
        (["flux", "batch", "--nosuch"], 2),
        (["flux", "submit", "--conf=a=1", "true"], 2),
        (["flux", "jobs", "--nosuch"], 2),
        (["flux", "cancel", "--nosuch", "ƒ1"], 2),
        (["flux", "nosuch"], 1),
    ],
)
def test_the_fakes_refuse_what_the_manuals_do_not_know(fake_commands, argv, code):
    done = subprocess.run(argv, capture_output=True, text=True, input="", check=False)
    assert done.returncode == code
    assert done.stderr


@pytest.mark.parametrize(
    ("name", "down"),
    [
        ("batch-missing-script", False),
        ("cancel-unknown", False),
        ("jobs-unknown-id", False),
        ("submit-bad-option", False),
        ("submit-bad-queue", False),
        ("bad-uri", True),
        ("no-broker", True),
    ],
)
def test_the_fake_flux_fails_as_a_real_one_was_recorded(fake_commands, name, down):
    if down:
        fake_commands.begin("down")
    recorded = read_recording(RECORDED / f"{name}.txt")
    # Some commands set a variable first.
    argv = ["env", *recorded.argv]
    done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.stdout, done.stderr, done.returncode) == (
        recorded.stdout,
        recorded.stderr,
        recorded.exit_code,
    ), shlex.join(argv)


def test_the_fake_flux_shows_jobs_as_a_real_one_was_recorded(flux_bench):
    """Field by field: the same names, values of the same types, the same words of the same states."""

    def shown(stdout):
        return {job["status"]: job for job in json.loads(stdout)["jobs"]}

    jobs = flux_bench.submit(
        *({"command": text} for text in ("true", "exit 3", WAITS)),
        {"command": "true", "priority": "held"},
    )
    flux_bench.ends(jobs[:2])
    flux_bench.started(jobs[2:3])
    argv = ["flux", "jobs", "--json", *(job.id for job in jobs)]
    mine = shown(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    real = shown(read_recording(RECORDED / "jobs-by-id-json.txt").stdout)
    assert set(mine) == {"COMPLETED", "FAILED", "RUN", "SCHED"}
    for status, fields in mine.items():
        assert set(fields) <= set(real[status]), status
        for name, value in fields.items():
            assert type(value) is type(real[status][name]), (status, name)
    assert (mine["FAILED"]["returncode"], real["FAILED"]["returncode"]) == (3, 3)
    flux_bench.adapter.cancel([job.id for job in jobs[2:]])


def test_the_fake_flux_refuses_to_cancel_as_a_real_one_was_recorded(flux_bench):
    (job,) = flux_bench.submit({"command": "true"})
    flux_bench.ends([job])
    done = subprocess.run(["flux", "cancel", job.id], capture_output=True, text=True)
    recorded = read_recording(RECORDED / "cancel-finished.txt")
    assert done.returncode == recorded.exit_code
    assert done.stderr == recorded.stderr.replace(recorded.argv[-1], job.id)
