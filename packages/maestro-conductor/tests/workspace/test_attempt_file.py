"""Would catch an attempt file that is misread, or an attempt that is void and runs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from maestro_conductor.workspace.attempt_file import (
    AttemptFile,
    parse_attempt,
    read_attempt,
    void_attempt,
)


def test_what_it_says_is_that_of_the_vectors(vectors):
    for case in vectors("attempt_file")["files"]:
        found = parse_attempt(case["text"].encode("utf-8", "surrogateescape"))
        says = {
            "fate": found.fate,
            "code": found.exit_code,
            "started": found.started,
            "ended": found.ended,
            "host": found.host,
            "boot": found.boot,
            "pid": found.pid,
            "keeper": found.keeper,
            "left": found.left,
        }
        known = {key: value for key, value in says.items() if value is not None}
        assert known == {k: v for k, v in case["says"].items() if k != "command_code"}, case


def test_of_a_long_file_the_first_64_kib_are_read(tmp_path):
    path = tmp_path / ".attempt.1"
    path.write_bytes(b"start host=n1\n" * 400 + b"end code=3\n")
    assert read_attempt(tmp_path, 1).exit_code == 3
    path.write_bytes(b"note\n" * 20_000 + b"end code=3\n")
    assert read_attempt(tmp_path, 1) == AttemptFile("started")


def test_an_end_without_a_time_came_when_the_file_was_written(tmp_path):
    path = tmp_path / ".attempt.1"
    path.write_bytes(b"start host=n1\nend code=3\n")
    os.utime(path, (5, 5))
    assert read_attempt(tmp_path, 1).ended == 5000


def test_an_attempt_that_never_started_is_made_void_once(tmp_path):
    assert read_attempt(tmp_path, 1) == AttemptFile("absent")
    assert void_attempt(tmp_path, "", 1) == AttemptFile("void")
    assert void_attempt(tmp_path, "", 1) == read_attempt(tmp_path, 1) == AttemptFile("void")


def test_one_that_started_cannot_be_made_void(tmp_path):
    (tmp_path / ".attempt.1").write_text("start pid=7 host=h boot=b time=5\nend code=3 time=6\n")
    assert void_attempt(tmp_path, "", 1) == AttemptFile("ended", 3, 5000, 6000, "h", "b", 7)


def test_the_folder_is_made_where_it_is_missing(tmp_path):
    assert void_attempt(tmp_path, "a/b", 2) == AttemptFile("void")
    assert (tmp_path / "a/b/.attempt.2").read_text() == "void\n"


@pytest.mark.parametrize("room", [0, 3])
def test_one_that_there_is_no_room_to_make_void_is_left_as_it_was(tmp_path, room):
    """An empty file would say that it has started. No file may have more bytes: as on a full disk."""
    code = """
import resource, sys
from pathlib import Path
from maestro_conductor.workspace.attempt_file import void_attempt
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    void_attempt(Path(sys.argv[1]), "", 1)
except OSError:
    sys.exit(5)
"""
    done = subprocess.run([sys.executable, "-c", code, tmp_path, str(room)], check=False)
    assert done.returncode == 5
    assert read_attempt(tmp_path, 1) == AttemptFile("absent")
    assert void_attempt(tmp_path, "", 1) == AttemptFile("void")


def test_a_file_that_another_host_sees_already_is_not_taken_for_absent(tmp_path):
    # As through a network file system's cache: a name that is taken, and nothing to be opened.
    code = """
import errno, os, sys
from pathlib import Path
from maestro_conductor.workspace.attempt_file import void_attempt
looks = []
def look(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".attempt.1"):
        looks.append(event)
        if len(looks) == 2:
            os.unlink(arguments[0])
sys.addaudithook(look)
try:
    void_attempt(Path(sys.argv[1]), "", 1)
except OSError as error:
    sys.exit(5 if error.errno == errno.ESTALE else 1)
"""
    (tmp_path / ".attempt.1").touch()
    done = subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert done.returncode == 5


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_what_a_step_put_in_its_place_is_neither_read_nor_waited_for(tmp_path, make):
    make(tmp_path / ".attempt.1")
    assert read_attempt(tmp_path, 1) == AttemptFile("started")
    assert void_attempt(tmp_path, "", 1) == AttemptFile("started")


def test_no_attempt_is_made_void_outside_the_workspace(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w/a").symlink_to(tmp_path)
    with pytest.raises(OSError, match="out of the workspace"):
        void_attempt(tmp_path / "w", "a", 1)
    assert not (tmp_path / ".attempt.1").exists()


def test_a_torn_line_is_not_there_yet(tmp_path):
    (tmp_path / ".attempt.1").write_text("start pid=7 host=h boot=b\nend code=")
    assert read_attempt(tmp_path, 1).fate == "started"
    (tmp_path / ".attempt.1").write_text("")
    assert read_attempt(tmp_path, 1) == AttemptFile("started")
