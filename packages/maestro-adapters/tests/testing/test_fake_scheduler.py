"""The scheduler that we ship for others' tests does what its plans say.

A fault here would be tests of others that pass on a scheduler that forgets nothing.
"""

import pytest

from maestro_adapters.interface import Adapter
from maestro_adapters.script import attempt_file, driver
from maestro_adapters.testing.fake_scheduler import FakeScheduler, Plan


@pytest.fixture
def fake():
    return FakeScheduler()


@pytest.fixture
def submit(fake, tmp_path):
    def submit(key, attempt=1):
        (tmp_path / key).mkdir(exist_ok=True)
        request = {"name": key, "workspace": str(tmp_path / key), "command": "true"}
        job = {"key": key, "token": f"m1.{key}.{attempt}", "attempt": attempt, "script": "/s"}
        (answer,) = fake.submit([{**job, "request": request}]).values()
        return answer

    return submit


def state(fake, job_id):
    return fake.poll([job_id])[job_id]["state"]


def test_is_an_adapter(fake):
    assert isinstance(fake, Adapter)


def test_a_job_moves_on_when_time_does(fake, submit, tmp_path):
    fake.plan("a", Plan(queued=10, runs=60, state="FAILED", exit_code=7, reason="bad luck"))
    job = submit("a")["job"]
    seen = []
    for _ in range(3):
        seen.append(state(fake, job))
        fake.advance(30)
    assert seen == ["PENDING", "RUNNING", "RUNNING"]
    answer = fake.poll([job])[job]
    assert (answer["state"], answer["exit_code"], answer["reason"]) == ("FAILED", 7, "bad luck")
    assert answer["ended"] - answer["started"] == 60
    attempt = attempt_file.read(tmp_path / "a" / ".attempt.1")
    assert (attempt.exit_code, attempt.started, attempt.ended) == (
        7,
        answer["started"],
        answer["ended"],
    )


def test_plans_are_used_in_order_and_the_last_repeats(fake, submit):
    fake.plan("a", Plan(state="HWFAILURE"), Plan())
    ends = []
    for attempt in (1, 2, 3):
        job = submit("a", attempt)["job"]
        fake.advance(0)
        ends.append(state(fake, job))
    assert ends == ["HWFAILURE", "FINISHED", "FINISHED"]


def test_a_voided_attempt_runs_nothing(fake, submit, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".attempt.1").write_text("void\n")
    job = submit("a")["job"]
    fake.advance(0)
    assert fake.poll([job])[job]["exit_code"] == driver.ALREADY_STARTED
    assert (tmp_path / "a" / ".attempt.1").read_text() == "void\n"


def test_refused(fake, submit):
    fake.plan(
        "a", Plan(refused="too many jobs", transient=True), Plan(refused="no such account"), Plan()
    )
    first, second, third = (submit("a") for _ in range(3))
    assert (first["error"], first["transient"], first["unknown"]) == ("too many jobs", True, False)
    assert (second["error"], second["transient"]) == ("no such account", False)
    assert third["state"] == "PENDING"


def test_an_answer_that_is_lost(fake, submit):
    fake.plan("a", Plan(lost=True, arrives=5, runs=None))
    fake.plan("b", Plan(lost=True, arrives=None))
    assert submit("a")["unknown"]
    assert submit("b")["unknown"]
    tokens = ["m1.a.1", "m1.b.1"]
    assert fake.find(tokens) == {token: {"absent": True} for token in tokens}
    fake.advance(5)
    assert fake.find(tokens) == {
        "m1.a.1": {"job": fake.job_of("a"), "state": "RUNNING"},
        "m1.b.1": {"absent": True},
    }


def test_an_outage(fake, submit):
    fake.plan("a", Plan(runs=10))
    job = submit("a")["job"]
    fake.reachable = False
    fake.advance(20)
    assert state(fake, job) == "UNREACHABLE"
    assert "error" in fake.find(["m1.a.1"])["m1.a.1"]
    assert submit("b")["transient"]
    assert fake.cancel([job])[job]["transient"]
    fake.reachable = True
    assert state(fake, job) == "FINISHED"


def test_a_lost_job(fake, submit):
    job = submit("a")["job"]
    fake.lose(job)
    assert state(fake, job) == "NOTFOUND"
    assert fake.find(["m1.a.1"])["m1.a.1"] == {"absent": True}


def test_scripted_words(fake, submit):
    fake.plan("a", Plan(polls=["UNKNOWN", "SUSPENDED"]))
    job = submit("a")["job"]
    fake.advance(1)
    assert [state(fake, job) for _ in range(3)] == ["UNKNOWN", "SUSPENDED", "FINISHED"]


def test_cancel_finish_and_what_was_asked(fake, submit):
    fake.default = Plan(runs=None)
    a, b, c = (submit(key)["job"] for key in "abc")
    assert fake.cancel([a, "77"]) == {a: {"cancelled": True}, "77": fake.cancel(["77"])["77"]}
    fake.advance(100)
    fake.finish(b, "TIMEDOUT")
    assert {job: answer["state"] for job, answer in fake.poll([a, b, c]).items()} == {
        a: "CANCELLED",
        b: "TIMEDOUT",
        c: "RUNNING",
    }
    fake.close(stop_jobs=True)
    assert state(fake, c) == "CANCELLED"
    assert fake.calls[:4] == [
        ("submit", ["a"]),
        ("submit", ["b"]),
        ("submit", ["c"]),
        ("cancel", [a, "77"]),
    ]
