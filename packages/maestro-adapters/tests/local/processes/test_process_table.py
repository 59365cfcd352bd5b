"""What the system tells of processes.

Would catch a process that is missed or signalled for another, and an exit code that is made up.
"""

import os
import signal
import subprocess

import pytest

from maestro_adapters.local.processes import process_table
from maestro_adapters.local.processes.process_table import Process


@pytest.fixture
def start():
    """Starts a process of a session of its own that ends with 5 when its input does."""
    started = []

    def start(**variables):
        process = subprocess.Popen(
            ["sh", "-c", "echo; read -r _; exit 5"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", **variables},
            start_new_session=True,
        )
        started.append(process)
        assert process.stdout.readline()  # it has been set up
        return process

    yield start
    for process in started:
        process.stdin.close()
        process.stdout.close()
        process.wait()


def end(process):
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)


def test_a_process_is_found_by_its_token_and_by_its_session(start):
    by_token = start(MAESTRO_TOKEN="m1.1.1", MAESTRO_ATTEMPT="/w/.attempt.1")  # noqa: S106
    by_session, other = start(), start(MAESTRO_TOKEN="m1.1.11")  # noqa: S106
    found = {found.pid: found for found in process_table.scan({"m1.1.1"}, {by_session.pid})}
    pid = by_token.pid
    assert found[pid] == Process(pid, pid, pid, "m1.1.1", "/w/.attempt.1")
    assert found[by_session.pid].token is None
    assert other.pid not in found
    end(by_token)
    assert pid not in {found.pid for found in process_table.scan({"m1.1.1"})}  # a zombie


def test_a_signal_reaches_the_process_that_was_seen_and_no_other(start):
    process = start()
    (seen,) = process_table.scan(sessions={process.pid})
    process_table.send_signal(
        Process(seen.pid, seen.group, seen.session, "another", None), signal.SIGKILL
    )
    assert not process_table.has_ended(process.pid, None)
    process_table.send_signal(seen, signal.SIGTERM)
    assert process.wait() == -signal.SIGTERM
    process_table.send_signal(seen, signal.SIGKILL)  # it is gone: nothing happens


@pytest.mark.parametrize("notifies", [True, False])
def test_an_end_is_seen(start, notifies):
    process = start()
    pidfd = process_table.open_pidfd(process.pid) if notifies else None
    assert not process_table.has_ended(process.pid, pidfd)
    end(process)
    assert process_table.is_zombie(process.pid)
    if notifies:
        assert process_table.has_ended(process.pid, pidfd)
        assert process_table.exit_code(process.pid, pidfd) == 5
        os.close(pidfd)
    process.wait()
    assert process_table.has_ended(process.pid, None)
    assert not process_table.is_zombie(process.pid)


def test_nobody_knows_the_exit_code_of_a_process_that_was_never_held():
    assert process_table.exit_code(1 << 22, None) is None
    assert process_table.open_pidfd(1 << 22) is None


def test_what_a_process_says_of_itself(start):
    process = start()
    stat = process_table.read_stat(process.pid)
    assert stat.name in (b"sh", b"dash", b"bash")
    assert (stat.parent, stat.group, stat.session) == (os.getpid(), process.pid, process.pid)
    assert 0 <= process_table.age(process.pid) <= process_table.age(os.getpid())
    process.stdin.close()
    process.wait()
    assert process_table.read_stat(process.pid) is None
    assert process_table.age(process.pid) == 0.0


def test_only_a_keeper_is_a_keeper(start):
    assert not process_table.is_keeper(start().pid)
    words = ["sh", "-c", "echo; read -r _; :", "maestro-keeper"]
    keeper = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert keeper.stdout.readline()
    assert process_table.is_keeper(keeper.pid)
    keeper.communicate()
    assert not process_table.is_keeper(keeper.pid)


def test_descriptors_that_a_child_would_inherit(tmp_path):
    with open(tmp_path / "a", "w") as kept, open(tmp_path / "b", "w") as inherited:
        os.set_inheritable(inherited.fileno(), True)
        found = process_table.inherited_descriptors()
        assert inherited.fileno() in found
        assert kept.fileno() not in found
    assert not {0, 1, 2} & set(found)


def test_this_machine_has_a_name_without_blanks():
    host, boot = process_table.host_and_boot()
    assert host.split() == [host]
    assert len(boot) == 36
