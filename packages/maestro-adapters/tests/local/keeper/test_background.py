"""What a script left in the background.

Would catch one that counts as ended while it still writes.
"""

import os
import subprocess

import pytest

from maestro_adapters.local.keeper.background import is_there, may_be_written, still_writing


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "a.out"
    path.touch()
    return path


@pytest.fixture
def writer(log):
    """A process of our session that has the log open, and its input to end it by."""
    with (
        log.open("w") as file,
        subprocess.Popen(["sh", "-c", "read -r _"], stdin=subprocess.PIPE, stdout=file) as process,
    ):
        file.close()
        yield process


def end(process):
    process.stdin.close()
    process.wait()


def test_who_has_a_log_open_for_writing_is_seen(log, writer):
    logs = [os.fsencode(log)]
    assert may_be_written(logs[0])
    found = still_writing(os.getsid(0), logs, {})
    assert list(found) == [writer.pid]
    assert found[writer.pid] in (b"sh", b"dash", b"bash")
    end(writer)
    assert not may_be_written(logs[0])
    assert still_writing(os.getsid(0), logs, found) == {}


def test_another_session_does_not_count(log, writer):
    assert still_writing(writer.pid, [os.fsencode(log)], {}) == {}
    end(writer)


def test_what_was_seen_before_is_not_looked_for_again(log, writer):
    """Looking at all processes is dear; so the answer stands while one of those is there."""
    before = {os.getpid(): b"known"}
    assert still_writing(os.getsid(0), [os.fsencode(log)], before) is before
    end(writer)


def test_who_reads_a_log_does_not_count(log):
    with log.open():
        assert not may_be_written(os.fsencode(log))


def test_a_log_that_is_gone_is_written_by_nobody(tmp_path):
    assert not may_be_written(os.fsencode(tmp_path / "none"))


def test_a_process_is_there_until_it_is_reaped():
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_there(process.pid)
    process.wait()
    assert not is_there(process.pid)
