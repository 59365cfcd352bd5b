"""Two conductors of one workspace, or none where the last one is gone."""

from __future__ import annotations

import fcntl
import os
import shutil
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
from maestro_conductor.workspace.folder_identity import identify
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


def test_the_heartbeat_of_another_host_in_a_copy_is_that_of_the_original(tmp_path):
    study = make_workspace(tmp_path / "study", [StepPlan("a")])
    if identify(study) is None:
        pytest.skip("this file system does not tell a folder from its copy")
    write_holder(study, host="login2", heartbeat=time.time_ns() // 1_000_000)
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    assert holder(copy) is None
    with hold(copy) as held:
        assert holder(copy) == held.me
    assert holder(study).host == "login2"
    moved = study.rename(tmp_path / "moved")
    assert holder(moved).host == "login2"


def test_a_heartbeat_that_does_not_say_whose_folder_it_is_counts(tmp_path):
    study = make_workspace(tmp_path / "study", [StepPlan("a")])
    write_holder(study, host="login2", heartbeat=time.time_ns() // 1_000_000, folder=None)
    shutil.copytree(study, tmp_path / "copy")
    assert holder(tmp_path / "copy").host == "login2"


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
