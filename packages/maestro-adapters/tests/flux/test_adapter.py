"""What goes to Flux, and what becomes of the answers that a real Flux 0.88.0 gave.

A fault here would be a plain job whose every task is an attempt, or an unknown id that hides the
others.
"""

from pathlib import Path

import pytest

from maestro_adapters.job import states
from maestro_adapters.testing.recorded_runner import read_recording

CAPTURES = Path(__file__).parent / "captures"


def recorded(name):
    return read_recording(CAPTURES / f"{name}.txt")


def play(runner, name):
    result = recorded(name)
    runner.answers("flux", result.stdout, result.stderr, result.exit_code)


def test_every_recording_can_be_read():
    names = [path.stem for path in CAPTURES.glob("*.txt")]
    assert len(names) == 34
    assert all(recorded(name).argv for name in names)


def test_nested_jobs_are_batch_scripts(runner, make_adapter, make_job, tmp_path):
    adapter = make_adapter()
    play(runner, "batch")
    job = make_job(
        adapter, cores_per_task=2, gpus=1, priority="low", waitable=True, exclude_nodes=["n1", "n2"]
    )
    assert adapter.submit([job]) == {"k0": {"job": "ƒJ2kzVtB", "state": "PENDING"}}
    (call,) = runner.calls
    assert call.argv == (
        "flux",
        "batch",
        f"--cwd={tmp_path}/w0",
        "-c",
        "2",
        "-g",
        "1",
        "--urgency=9",
        "--flags=waitable",
        "--job-name=s0 m0.0.1",
        "--requires=-host:n1,n2",
    )
    assert "#flux: -n 1" in call.stdin
    assert "MAESTRO_TOKEN=m0.0.1" in call.stdin
    assert call.submits


def test_other_jobs_are_plain_ones_whose_first_task_alone_is_the_attempt(
    runner, make_adapter, make_job
):
    adapter = make_adapter(allocation_args={"conf": {"a": 1}, "setopt": {"b": 0}})
    play(runner, "submit-sleep")
    adapter.submit([make_job(adapter, nested=False, procs=4, nodes=2)])
    (call,) = runner.calls
    assert call.argv[:2] == ("flux", "submit")
    assert call.argv[2:6] == ("-N", "2", "-n", "4")
    assert "--setopt=b=0" in call.argv
    assert not any(word.startswith("--conf") for word in call.argv)
    assert call.argv[-3:-1] == ("/bin/sh", "-c")
    assert '[ "${FLUX_TASK_RANK:-0}" = 0 ] || exit 0' in call.argv[-1]


def test_a_flux_without_named_queues_is_not_asked_for_one(runner, make_adapter, make_job):
    adapter = make_adapter(queue="pdebug")
    runner.answers("flux", "\n")  # flux queue list -n -o {queue}
    play(runner, "batch")
    adapter.submit([make_job(adapter)])
    assert runner.calls[0].argv[:3] == ("flux", "queue", "list")
    assert "#flux: -q" not in runner.calls[1].stdin


def test_a_flux_with_named_queues_is(runner, make_adapter, make_job):
    adapter = make_adapter(queue="debug")
    play(runner, "queue-list")
    play(runner, "batch")
    adapter.submit([make_job(adapter)])
    adapter.submit([make_job(adapter, 1)])
    assert "#flux: -q debug" in runner.calls[1].stdin
    assert sum(call.argv[1] == "queue" for call in runner.calls) == 1


@pytest.mark.parametrize(
    ("name", "transient"),
    [
        ("submit-bad-queue", False),
        ("submit-bad-option", False),
        ("bad-uri", True),
        ("no-broker", True),
    ],
)
def test_refusals(runner, make_adapter, make_job, name, transient):
    adapter = make_adapter()
    play(runner, name)
    answer = adapter.submit([make_job(adapter)])["k0"]
    assert (answer["transient"], answer["unknown"]) == (transient, False)
    assert recorded(name).stderr.splitlines()[-1] in answer["error"]


def test_poll_of_many_is_one_command(runner, make_adapter):
    play(runner, "jobs-by-id-json")
    ids = ["ƒJ2kzVtB", "ƒJDYdGoh", "ƒJKUaQBh", "ƒJRXwTyR", "ƒJcxdvwZ"]
    answers = make_adapter().poll(ids)
    assert [(answers[job]["state"], answers[job]["exit_code"]) for job in ids] == [
        (states.FINISHED, 0),
        (states.FAILED, 3),
        (states.TIMEDOUT, None),
        (states.RUNNING, None),
        (states.PENDING, None),
    ]
    assert answers["ƒJKUaQBh"]["reason"] == "timeout: resource allocation expired"
    assert answers["ƒJcxdvwZ"]["reason"] == "held"
    assert answers["ƒJRXwTyR"]["nodes"] == ["host1"]
    assert answers["ƒJDYdGoh"]["ended"] == pytest.approx(1795335286.02306)
    assert runner.calls[0].argv == ("flux", "jobs", "--json", *ids)


def test_banners_of_the_site(runner, make_adapter):
    banner = "*** 3 nodes {n1, n2, n3} are down ***\n"
    result = recorded("jobs-by-id-json")
    runner.answers("flux", banner + result.stdout + banner)
    assert make_adapter().poll(["ƒJDYdGoh"])["ƒJDYdGoh"]["exit_code"] == 3


def test_cancelled_jobs(runner, make_adapter):
    play(runner, "jobs-after-cancel")
    answers = make_adapter().poll(["ƒJRXwTyR", "ƒJcxdvwZ", "ƒJKUaQBh"])
    assert [answer["state"] for answer in answers.values()] == [
        states.CANCELLED,
        states.CANCELLED,
        states.TIMEDOUT,
    ]


def test_one_unknown_id_leaves_the_others(runner, make_adapter):
    play(runner, "jobs-one-known-one-unknown")
    answers = make_adapter().poll(["ƒJRXwTyR", "ƒ9999999"])
    assert answers["ƒJRXwTyR"]["state"] == states.RUNNING
    assert answers["ƒ9999999"]["state"] == states.UNKNOWN


def test_unknown_ids_alone_are_an_answer(runner, make_adapter):
    play(runner, "jobs-unknown-id")
    adapter = make_adapter()
    found = [adapter.poll(["ƒ9999999"])["ƒ9999999"]["state"] for _ in range(3)]
    assert found == [states.UNKNOWN, states.UNKNOWN, states.NOTFOUND]


@pytest.mark.parametrize("name", ["no-broker", "bad-uri"])
def test_an_outage_says_nothing(runner, make_adapter, name):
    adapter = make_adapter()
    play(runner, name)
    for _ in range(5):
        answer = adapter.poll(["ƒJRXwTyR"])["ƒJRXwTyR"]
        assert answer["state"] == states.UNREACHABLE
        assert "Unable to connect" in answer["reason"]
    assert "error" in adapter.find(["m0.1.1"])["m0.1.1"]
    assert adapter.cancel(["ƒJRXwTyR"])["ƒJRXwTyR"]["transient"]


@pytest.mark.parametrize("stdout", ["{", '{"jobs": 1}', "[1]", '{"jobs": [{}]}'])
def test_half_an_answer_is_none(runner, make_adapter, stdout):
    runner.answers("flux", stdout)
    assert make_adapter().poll(["ƒ1"])["ƒ1"]["state"] == states.UNREACHABLE


@pytest.mark.parametrize(
    ("name", "job_id"),
    [("cancel-running", "ƒJRXwTyR"), ("cancel-held", "ƒJcxdvwZ"), ("cancel-finished", "ƒJDYdGoh"),
     ("cancel-unknown", "ƒ9999999")],
)  # fmt: skip
def test_cancel(runner, make_adapter, name, job_id):
    play(runner, name)
    assert make_adapter().cancel([job_id]) == {job_id: {"cancelled": True}}
    assert runner.calls[0].argv == ("flux", "cancel", job_id)


def test_cancel_of_some_that_have_ended(runner, make_adapter):
    finished = recorded("cancel-finished")
    denied = "flux-cancel: ERROR: ƒ2: Operation not permitted\n"
    runner.answers("flux", stderr=finished.stderr + denied, exit_code=1)
    answers = make_adapter().cancel(["ƒJDYdGoh", "ƒ1", "ƒ2"])
    assert answers["ƒJDYdGoh"] == answers["ƒ1"] == {"cancelled": True}
    assert "not permitted" in answers["ƒ2"]["error"]


def test_find_reads_the_last_word_of_names(runner, make_adapter):
    document = recorded("jobs-json").stdout.replace('"name": "long"', '"name": "long m0.1.1"')
    runner.answers("flux", document)
    assert make_adapter().find(["m0.1.1", "m0.2.1"]) == {
        "m0.1.1": {"job": "ƒJRXwTyR", "state": "RUNNING"},
        "m0.2.1": {"absent": True},
    }
