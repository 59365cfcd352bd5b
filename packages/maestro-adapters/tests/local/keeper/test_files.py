"""The files of an attempt.

Would catch half a line, a log that is overwritten, or an end that is not written.
"""

import errno
import os
import subprocess
import sys

import pytest

from maestro_adapters.local.keeper.files import (
    FileDebts,
    append,
    create,
    name_logs,
    open_own,
    write,
)


def test_logs_of_an_earlier_attempt_with_the_same_process_id_are_kept(tmp_path):
    (tmp_path / "job.7.out").write_text("old")
    for kind in ("out", "err"):
        (tmp_path / f".log.2.{kind}").write_text("new")
    names = name_logs(os.fsencode(tmp_path), b"job", b"2", 7)
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"job.7.out": "old", "job.7.2.out": "new", "job.7.err": "new"}
    assert [os.path.basename(name) for name in names] == [b"job.7.2.out", b"job.7.err"]


def test_an_attempt_file_is_created_once(tmp_path):
    path = os.fsencode(tmp_path / "a")
    os.close(create(path))
    with pytest.raises(FileExistsError):
        create(path)


def test_no_half_a_line_stays_where_the_disk_is_full(tmp_path):
    """No file may have more than 9 bytes: so the second line is written in part."""
    code = """
import os, resource, sys
from maestro_adapters.local.keeper.files import create, write
resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))
file = create(os.fsencode(sys.argv[1]))
write(file, b"first\\n")
try:
    write(file, b"second\\n")
except OSError as error:
    print(os.strerror(error.errno))
"""
    words = [sys.executable, "-c", code, tmp_path / "a"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "No space left on device\n"
    assert (tmp_path / "a").read_text() == "first\n"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_what_is_no_file_is_neither_opened_nor_waited_for(tmp_path, make):
    path = os.fsencode(tmp_path / "a")
    make(path)
    for opening in (open_own, lambda path: append(path, b"line\n")):
        with pytest.raises(OSError, match=r"No such device|Is a directory|symbolic links"):
            opening(path)


def test_a_line_goes_into_no_file_elsewhere(tmp_path):
    (tmp_path / "elsewhere").write_text("theirs\n")
    (tmp_path / "a").symlink_to("elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        append(os.fsencode(tmp_path / "a"), b"line\n")
    assert (tmp_path / "elsewhere").read_text() == "theirs\n"


def test_a_file_of_ours_grows_at_its_end(tmp_path):
    for line in (b"one\n", b"two\n"):
        file = open_own(os.fsencode(tmp_path / "a"))
        write(file, line)
        os.close(file)
    assert (tmp_path / "a").read_text() == "one\ntwo\n"


@pytest.fixture
def attempt(tmp_path):
    """An attempt file, open and by its path, that nobody else closes."""
    path = os.fsencode(tmp_path / "a")
    return create(path), path


def test_an_end_is_written_and_its_file_closed(attempt, tmp_path):
    debts = FileDebts()
    debts.write_end(*attempt, b"end code=0\n")
    assert not debts
    assert (tmp_path / "a").read_text() == "end code=0\n"
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(attempt[0])


def test_an_end_of_a_file_that_its_script_deleted_goes_to_a_new_one(attempt, tmp_path):
    (tmp_path / "a").unlink()
    assert not FileDebts().write_end(*attempt, b"end code=0\n")
    assert (tmp_path / "a").read_text() == "end code=0\n"


def test_an_end_of_a_script_whose_folder_was_deleted_is_told_apart(tmp_path):
    (tmp_path / "s").mkdir()
    path = os.fsencode(tmp_path / "s/a")
    file, debts = create(path), FileDebts()
    (tmp_path / "s/a").unlink()
    (tmp_path / "s").rmdir()
    assert debts.write_end(file, path, b"end code=0\n")
    assert not debts
    assert list(tmp_path.iterdir()) == []


def test_where_something_else_stands_in_its_place_nothing_is_owed(attempt, tmp_path):
    (tmp_path / "a").unlink()
    (tmp_path / "a").mkdir()
    debts = FileDebts()
    assert not debts.write_end(*attempt, b"end code=0\n")
    assert not debts


def test_an_end_that_cannot_be_written_is_owed_until_it_can(tmp_path):
    """Here the file is open for reading alone; later its descriptor is one that may be written to."""
    path = os.fsencode(tmp_path / "a")
    os.close(create(path))
    file, debts = os.open(path, os.O_RDONLY), FileDebts()
    debts.write_end(file, path, b"end code=0\n")
    debts.settle()
    assert debts
    writable = os.open(path, os.O_WRONLY)
    os.dup2(writable, file)
    os.close(writable)
    debts.settle()
    assert not debts
    assert (tmp_path / "a").read_text() == "end code=0\n"


def test_what_cannot_be_deleted_is_owed_until_it_can(tmp_path):
    """A file server that has no answer for now (ESTALE)."""
    (tmp_path / "a").touch()
    stale = [True]

    def unlink(path):
        if stale:
            raise OSError(errno.ESTALE, "stale")
        os.unlink(path)

    debts = FileDebts(unlink)
    debts.delete(os.fsencode(tmp_path / "a"))
    debts.settle()
    assert debts
    stale.clear()
    debts.settle()
    assert not debts
    assert list(tmp_path.iterdir()) == []


def test_what_is_gone_already_needs_no_deletion(tmp_path):
    debts = FileDebts()
    debts.delete(os.fsencode(tmp_path / "none" / "a"))
    assert not debts
