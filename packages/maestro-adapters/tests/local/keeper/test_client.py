"""The pool's side of a keeper.

Would catch a caller that hangs on a keeper that is gone, or loses its last words.
"""

import os
import signal

import pytest

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.keeper.client import Ended, KeeperClient, KeeperDiedError, Started


@pytest.fixture
def make_client():
    made = []

    def make(**fields):
        made.append(KeeperClient({b"PATH": b"/usr/bin:/bin"}, "host=n1 boot=-", **fields))
        return made[-1]

    yield make
    for client in made:
        client.close(idle=True)


@pytest.fixture
def job(tmp_path):
    script = tmp_path / "a.sh"
    script.write_text("#!/bin/sh\nexit 3\n")
    return LocalJob(
        token="m1.1.1",  # noqa: S106
        workspace=str(tmp_path),
        script=str(script),
        attempt=1,
        label="a",
    )


def kill(client):
    os.kill(client.pid, signal.SIGKILL)
    os.waitid(os.P_PID, client.pid, os.WEXITED | os.WNOWAIT)


def test_what_need_not_be_waited_for_is_sent_with_the_next_message(make_client, job):
    client = make_client()
    client.start(job, 1, wait=False)
    client.sync()
    assert client.received() == []  # it waits: there is no room
    client.set_room(1)
    client.sync()
    (started, *_) = client.received()
    assert isinstance(started, Started)
    assert started.token == job.token


def test_who_waits_for_a_start_has_heard_of_it(make_client, job):
    client = make_client()
    client.set_room(1)
    client.start(job, 1, wait=True)
    assert isinstance(client.received()[0], Started)


@pytest.mark.parametrize(
    "ask", [lambda client, job: client.start(job, 1, wait=True), lambda client, _: client.sync()]
)
def test_a_keeper_that_was_killed_is_waited_for_no_longer(make_client, job, ask):
    client = make_client()
    client.sync()
    kill(client)
    with pytest.raises(KeeperDiedError):
        ask(client, job)
    assert client.reap() is True


def test_what_it_told_before_it_was_killed_is_heard(make_client, job):
    client = make_client()
    client.set_room(1)
    client.start(job, 1, wait=True)
    while job.read_attempt().exit_code is None:
        os.sched_yield()
    client.sync()
    kill(client)
    reports = client.received()
    with pytest.raises(KeeperDiedError):
        client.receive()
    assert [type(report) for report in reports] == [Started, Ended]


def test_one_that_ended_by_itself_was_not_killed(make_client):
    client = make_client(python="/bin/false")
    with pytest.raises(KeeperDiedError):
        client.sync()
    assert client.reap() is False


def test_an_idle_one_is_gone_when_it_is_closed(make_client):
    client = make_client()
    client.sync()
    client.close(idle=True)
    with pytest.raises(ChildProcessError):
        os.waitpid(client.pid, 0)


def test_a_program_without_python_is_told_so(make_client):
    with pytest.raises(OSError, match="no Python"):
        make_client(python="")
