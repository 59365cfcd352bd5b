"""One conductor per workspace."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import attrs
import msgpack
import pytest

from maestro_conductor import conduct
from maestro_conductor.errors import HeldError, WorkspaceError
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.checksums import seal
from maestro_conductor.workspace.conductor_lock import STALE, hold, holder, keep_off, last_holder
from maestro_conductor.workspace.paths import CONDUCTOR, JOURNAL, LOCK

HOLD = """
import sys
from pathlib import Path
from maestro_conductor.workspace.conductor_lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def workspace(tmp_path):
    return make_workspace(tmp_path, [StepPlan("a")])


def write_holder(root, **changes):
    with hold(root) as held:
        me = held.me
    told = {**attrs.asdict(me), "live": True, **changes}
    path = root / CONDUCTOR
    path.write_bytes(seal(msgpack.packb, {**msgpack.unpackb(path.read_bytes()), **told}))


def test_the_second_is_told_who_holds_it(workspace, run):
    with hold(workspace) as held, pytest.raises(HeldError) as caught:
        run(workspace)
    for told in (held.me.host, held.me.boot, str(held.me.pid), "since", "heartbeat"):
        assert told in str(caught.value)


def test_whoever_leaves_says_so(workspace):
    assert holder(workspace) is None
    with hold(workspace) as held:
        assert holder(workspace) == held.me
    assert holder(workspace) is None
    assert last_holder(workspace).live is False


@pytest.mark.parametrize("why", [None, "x", "x" * 299, "é\udcff" * 5000])
def test_what_it_says_of_itself_has_one_length(workspace, why):
    """So it can be written over in place, where there is no room for a second file."""
    with hold(workspace) as held:
        held.note(why, why, 2**40)
        assert (workspace / CONDUCTOR).stat().st_size == 4096
        seen = holder(workspace)
        assert seen.paused == (why and why[:300])
        assert seen.trouble == (why and why[:300])


def test_since_when_it_stands_still(workspace):
    with hold(workspace) as held:
        held.note(None, "no room", 1000)
        held.note("no sbatch", "no room", 2000)
        held.note("no sinfo", "no journal", 3000)
        seen = holder(workspace)
        assert (seen.paused, seen.paused_since) == ("no journal", 1000)
        assert (seen.trouble, seen.trouble_since) == ("no sinfo", 2000)
        held.note(None, None, 4000)
        seen = holder(workspace)
        assert (seen.paused, seen.paused_since, seen.trouble_since) == (None, None, None)


def test_a_holder_that_an_older_version_wrote_is_read(workspace):
    with hold(workspace) as held:
        me = held.me
    later = ("paused", "paused_since", "padding", "crc")
    value = msgpack.unpackb((workspace / CONDUCTOR).read_bytes())
    old = {key: item for key, item in value.items() if key not in later}
    (workspace / CONDUCTOR).write_bytes(msgpack.packb({**old, "version": [1, 0]}))
    assert last_holder(workspace).pid == me.pid
    assert last_holder(workspace).paused is None


def test_a_record_with_a_flipped_bit_says_nothing(workspace):
    with hold(workspace) as held:
        path = workspace / CONDUCTOR
        content = path.read_bytes()
        for place in range(len(content) - len(msgpack.packb(bytes(3000))), len(content)):
            flipped = bytearray(content)
            flipped[place] ^= 1 << place % 8
            path.write_bytes(flipped)
            assert last_holder(workspace) is None
            assert holder(workspace).pid == 0  # the lock tells that somebody lives
        path.write_bytes(content)
        assert holder(workspace) == held.me


def test_after_a_kill_the_next_takes_over_at_once(workspace):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, workspace], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    with process:
        assert process.stdout.readline() == b"held\n"
        assert holder(workspace).pid == process.pid
        process.kill()
    assert holder(workspace) is None
    assert last_holder(workspace).live is True
    with hold(workspace):
        pass


def test_a_fresh_heartbeat_from_another_host_is_respected(workspace):
    write_holder(workspace, host="login2", heartbeat=time.time_ns() // 1_000_000)
    assert holder(workspace).host == "login2"
    for take_over in (False, True):
        with pytest.raises(HeldError, match="login2"), hold(workspace, take_over=take_over):
            pass


def test_an_old_heartbeat_from_another_host_needs_a_word_of_the_user(workspace):
    old = time.time_ns() // 1_000_000 - int(STALE * 1000) - 1
    write_holder(workspace, host="login2", heartbeat=old)
    assert holder(workspace) is None
    with pytest.raises(HeldError, match="--take-over"), hold(workspace):
        pass
    with hold(workspace, take_over=True) as held:
        assert last_holder(workspace) == held.me


def test_one_who_merely_asks_is_not_taken_for_a_conductor(workspace):
    descriptor = os.open(workspace / LOCK, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    threading.Timer(0.1, os.close, [descriptor]).start()
    with hold(workspace) as held:
        assert holder(workspace) == held.me


def test_a_torn_file_of_a_dead_conductor_does_not_matter(workspace):
    (workspace / CONDUCTOR).write_bytes(b"")
    assert last_holder(workspace) is None
    with hold(workspace) as held:
        assert last_holder(workspace) == held.me


def test_no_child_inherits_the_lock(workspace):
    with hold(workspace):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with child:
        assert holder(workspace) is None
        child.communicate(b"\n")
    assert Path(workspace).exists()


def replaces(monkeypatch, root, another):
    """Whoever locks something first finds another study in the place of its folder then."""
    flock = fcntl.flock

    def replace_first(descriptor, operation):
        if another.exists():
            root.rename(root.with_name("old"))
            another.rename(root)
        flock(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", replace_first)


def test_the_lock_of_a_study_that_is_replaced_in_this_moment_holds_nothing(tmp_path, monkeypatch):
    root = make_workspace(tmp_path / "w", [StepPlan("a")])
    another = make_workspace(tmp_path / "another", [StepPlan("b")])
    (another / LOCK).touch()
    replaces(monkeypatch, root, another)
    descriptor = keep_off(root)
    assert os.path.samestat(os.fstat(descriptor), (root / LOCK).stat())
    assert holder(root) is not None
    os.close(descriptor)


def test_a_study_that_is_replaced_in_this_moment_is_not_run_in_the_place_of_the_other(
    tmp_path, monkeypatch
):
    root = make_workspace(tmp_path / "w", [StepPlan("a")])
    another = make_workspace(tmp_path / "another", [StepPlan("b")])
    replaces(monkeypatch, root, another)
    with pytest.raises(WorkspaceError, match="was replaced by another study in this moment"):
        conduct(root)
    assert not (root / JOURNAL).exists()
    assert not holder(root)
