"""Would catch a file that is seen half written, or a full disk that costs the old one."""

from __future__ import annotations

import os
import time

import pytest

from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.atomic_write import ensure_seen


def test_a_file_that_is_there_stays_as_it_is(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"content")
    path.chmod(0o440)
    before = path.stat()
    ensure_seen(path)
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode == before.st_mode
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_one_that_is_absent_is_made(tmp_path):
    ensure_seen(tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b""
    assert (tmp_path / "f").stat().st_mode & 0o722 == 0o600
    with pytest.raises(FileNotFoundError):
        ensure_seen(tmp_path / "absent/f")


OWN = [
    ".status.csv.0a1b2c3d.tmp",
    ".maestro/.journal.msgpack.x_y8z.tmp",
    ".maestro/.conductor.msgpack.1.tmp",
]
OTHERS = [
    ".maestro/.graph.msgpack.4711.tmp",
    ".maestro/.run.msgpack.1a.tmp",
    ".study.update.lock.12345678.tmp",
    ".maestro/requests/.resume-17-ab.json.12345678.tmp",
]
USERS = [".notes.tmp", "status.csv.tmp", ".maestro/.status.tmp", "a/.status.csv.1.tmp"]


@pytest.mark.parametrize(("age", "left"), [(10.0, OTHERS), (4000.0, [])])
def test_what_a_killed_writer_left_is_swept_at_the_next_start(tmp_path, run, age, left):
    root = make_workspace(tmp_path / "w", [StepPlan("a")])
    (root / ".maestro/requests").mkdir()
    (root / "a").mkdir()
    for name in (*OWN, *OTHERS, *USERS):
        (root / name).touch()
        os.utime(root / name, (time.time() - age,) * 2)
    assert run(root, lambda _job: {"state": "FINISHED", "exit_code": 0}) == 0
    found = {str(path.relative_to(root)) for path in root.rglob("*.tmp")}
    assert found == {*left, *USERS}
