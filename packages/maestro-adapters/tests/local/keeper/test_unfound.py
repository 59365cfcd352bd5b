"""Which failed scripts were never found by their interpreter.

Would catch a study in which a step counts as failed since its folder was moved, and a failure of a script
that ran and is forgotten.
"""

import os
import subprocess
import sys

import pytest

from maestro_adapters.local.keeper.unfound import files_of_unfound

NAMES = ("a.7.out", "a.7.err", ".attempt.1")


class Attempt:
    """An attempt whose folder was moved, after an interpreter was started on its script."""

    def __init__(self, tmp_path):
        self.here, self.there = tmp_path / "here", tmp_path / "there"
        self.here.mkdir()
        self.script = self.here / "a.sh"
        self.script.write_text("echo ran; exit 3\n")
        for name in NAMES:
            (self.here / name).touch()
        self.file = os.open(self.here / NAMES[-1], os.O_WRONLY)
        self.here.rename(self.there)

    def asked(self, seconds=0.01):
        logs = [os.fsencode(self.here / name) for name in NAMES[:2]]
        found = files_of_unfound(os.fsencode(self.script), self.file, logs, seconds)
        return [os.fsdecode(path) for path in found]


@pytest.fixture
def attempt(tmp_path):
    made = Attempt(tmp_path)
    yield made
    os.close(made.file)


@pytest.mark.parametrize("interpreter", ["sh", "bash", sys.executable, "perl"])
def test_what_an_interpreter_did_not_find_did_not_run(attempt, interpreter):
    with (attempt.there / "a.7.err").open("w") as err:
        assert subprocess.run([interpreter, attempt.script], stderr=err, check=False).returncode
    assert attempt.asked() == [str(attempt.there / name) for name in NAMES]


def test_what_has_said_something_or_nothing_or_much_ran(attempt):
    assert attempt.asked() == []
    (attempt.there / "a.7.err").write_text("no such module\n")
    assert attempt.asked() == []
    said = f"{attempt.script}: not found\n"
    (attempt.there / "a.7.err").write_text(said * 1000)
    assert attempt.asked() == []
    (attempt.there / "a.7.err").write_text(said)
    assert attempt.asked()
    (attempt.there / "a.7.out").write_text("hello\n")
    assert attempt.asked() == []


def test_what_ran_for_long_ran(attempt):
    (attempt.there / "a.7.err").write_text(f"{attempt.script}: line 9: no such file\n")
    assert attempt.asked(6.0) == []


def test_a_script_that_is_where_it_was_was_found(attempt):
    (attempt.there / "a.7.err").write_text(f"{attempt.script}: not found\n")
    attempt.there.rename(attempt.here)
    assert attempt.asked() == []


def test_of_a_deleted_folder_there_is_no_telling(attempt):
    (attempt.there / "a.7.err").write_text(f"{attempt.script}: not found\n")
    (attempt.there / ".attempt.1").unlink()
    assert attempt.asked() == []
