"""How a script starts in its workspace.

Would catch a second run of an attempt, or files that are left.
"""

import errno
import os
from collections.abc import Mapping

import pytest

from maestro_adapters.local.keeper.files import FileDebts
from maestro_adapters.local.keeper.script_queue import Request
from maestro_adapters.local.keeper.starter import Starter
from maestro_adapters.script import attempt_file


class Moving(Mapping):
    """An environment for scripts: whoever reads it finds the folder moved."""

    def __init__(self, folder, there):
        self.folder, self.there = folder, there

    def __iter__(self):
        self.folder.rename(self.there)
        return iter(())

    def __len__(self):
        return 0

    def __getitem__(self, name):
        raise KeyError(name)


@pytest.fixture
def starter():
    made = Starter({b"PATH": b"/usr/bin:/bin"}, FileDebts())
    before = os.getcwd()
    yield made
    os.chdir(before)
    made.close()


def request_in(folder, body="exit 3\n", patience=b""):
    script = folder / "a.sh"
    script.write_text("#!/bin/sh\n" + body)
    words = ("m1.1.1", str(folder), str(script), "2", "a", "host=n1 boot=b slots=4", "4", "0")
    return Request(*map(os.fsencode, words), patience)


def test_a_script_runs_with_its_attempt_file_and_its_logs(starter, tmp_path):
    body = 'pwd; echo "$MAESTRO_TOKEN $MAESTRO_ATTEMPT" >&2\n'
    pid, script = starter.start(request_in(tmp_path, body), 5.7)
    os.waitpid(pid, 0)
    assert (tmp_path / f"a.{pid}.out").read_text() == f"{tmp_path}\n"
    assert (tmp_path / f"a.{pid}.err").read_text() == f"m1.1.1 {tmp_path}/.attempt.2\n"
    attempt = attempt_file.read(tmp_path / ".attempt.2")
    assert (attempt.keeper, attempt.pid, attempt.started) == (os.getpid(), pid, 5)
    assert (attempt.host, attempt.slots) == ("n1", 4)
    assert (script.slots, script.until) == (4, float("inf"))
    assert script.path == os.fsencode(tmp_path / ".attempt.2")
    assert [os.fsdecode(log) for log in script.logs] == [
        str(tmp_path / f"a.{pid}.{kind}") for kind in ("out", "err")
    ]
    os.close(script.attempt_file)


def test_an_attempt_that_has_a_file_runs_no_second_time(starter, tmp_path):
    (tmp_path / ".attempt.2").write_text("void\n")
    with pytest.raises(FileExistsError):
        starter.start(request_in(tmp_path, "echo ran >ran\n"), 0.0)
    assert sorted(os.listdir(tmp_path)) == [".attempt.2", "a.sh"]
    assert (tmp_path / ".attempt.2").read_text() == "void\n"


@pytest.mark.parametrize("kind", ["out", "err"])
def test_what_was_made_is_deleted_where_a_log_cannot_be(starter, tmp_path, kind, descriptors):
    (tmp_path / f".log.2.{kind}").mkdir()
    before = descriptors()
    with pytest.raises(IsADirectoryError):
        starter.start(request_in(tmp_path), 0.0)
    assert sorted(os.listdir(tmp_path)) == [f".log.2.{kind}", "a.sh"]
    assert descriptors() == before
    assert os.getcwd() == "/"  # no file system is kept busy


def test_what_cannot_be_deleted_is_owed(tmp_path):
    """It says that the attempt has begun, so it must not stay."""

    def unlink(_path):
        raise OSError(errno.ESTALE, "stale")

    debts = FileDebts(unlink)
    starter, before = Starter({}, debts), os.getcwd()
    (tmp_path / ".log.2.err").mkdir()
    with pytest.raises(IsADirectoryError):
        starter.start(request_in(tmp_path), 0.0)
    assert debts
    os.chdir(before)
    starter.close()


def test_a_folder_that_is_moved_meanwhile_keeps_no_attempt_of_a_script_that_did_not_run(tmp_path):
    """It would say that the attempt has begun, and nothing would ever say that it has ended."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    request = request_in(here)
    debts, before = FileDebts(), os.getcwd()
    starter = Starter(Moving(here, there), debts)
    with pytest.raises(FileNotFoundError):
        starter.start(request, 0.0)
    assert os.listdir(there) == ["a.sh"]
    assert not debts
    starter.close()
    os.chdir(before)


def test_what_is_owed_of_a_folder_is_known_by_its_whole_path(tmp_path):
    asked = []

    def unlink(path):
        asked.append(path)
        raise OSError(errno.ESTALE, "stale")

    debts = FileDebts(unlink)
    debts.delete(b"./a", os.fsencode(tmp_path))
    debts.settle()
    assert asked == [b"./a", os.fsencode(tmp_path) + b"/./a"]
