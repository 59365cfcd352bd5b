"""Would catch an attempt file that is misread, or an attempt that is void and runs."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest

from maestro_conductor.workspace.attempt_file import AttemptFile, read_attempt, void_attempt


def test_an_attempt_that_never_started_is_made_void_once(tmp_path):
    assert read_attempt(tmp_path, 1) == AttemptFile("absent")
    assert void_attempt(tmp_path, 1) == AttemptFile("void")
    assert void_attempt(tmp_path, 1) == read_attempt(tmp_path, 1) == AttemptFile("void")


def test_one_that_started_cannot_be_made_void(tmp_path):
    (tmp_path / ".attempt.1").write_text("start pid=7 host=h boot=b time=5\nend code=3 time=6\n")
    assert void_attempt(tmp_path, 1) == AttemptFile("ended", 3, 5000, 6000, "h", "b", 7)


def test_the_folder_is_made_where_it_is_missing(tmp_path):
    assert void_attempt(tmp_path / "a" / "b", 2) == AttemptFile("void")
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
    void_attempt(Path(sys.argv[1]), 1)
except OSError:
    sys.exit(5)
"""
    done = subprocess.run([sys.executable, "-c", code, tmp_path, str(room)], check=False)
    assert done.returncode == 5
    assert read_attempt(tmp_path, 1) == AttemptFile("absent")
    assert void_attempt(tmp_path, 1) == AttemptFile("void")


def test_a_file_that_another_host_sees_already_is_not_taken_for_absent(tmp_path):
    # As through a network file system's cache: a name that is taken, and nothing to be opened.
    (tmp_path / ".attempt.1").symlink_to("not seen yet")
    with pytest.raises(OSError) as error:  # noqa: PT011
        void_attempt(tmp_path, 1)
    assert error.value.errno == errno.ESTALE


def test_a_torn_line_is_not_there_yet(tmp_path):
    (tmp_path / ".attempt.1").write_text("start pid=7 host=h boot=b\nend code=")
    assert read_attempt(tmp_path, 1).fate == "started"
    (tmp_path / ".attempt.1").write_text("")
    assert read_attempt(tmp_path, 1) == AttemptFile("started")
