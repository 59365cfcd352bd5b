"""How a script's process starts.

Would catch a wrong interpreter, inherited descriptors or signals.
"""

import os
import subprocess
import sys

import pytest

from maestro_adapters.local.keeper.spawn import interpreter, spawn


@pytest.fixture
def run(tmp_path):
    """Runs a script and gives its exit code, and what it printed to both streams."""

    def run(text, environment=None):
        script = tmp_path / "a.sh"
        script.write_bytes(text)
        with (tmp_path / "in").open("w+b") as null, (tmp_path / "both").open("w+b") as file:
            streams = (null.fileno(), file.fileno(), file.fileno())
            pid = spawn(os.fsencode(script), environment or {b"PATH": b"/usr/bin:/bin"}, streams)
            _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status), (tmp_path / "both").read_bytes()

    return run


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"#!/bin/sh\nexit 3\n", [b"/bin/sh"]),
        (b"#! /usr/bin/env -S bash -e \n", [b"/usr/bin/env", b"-S bash -e"]),
        (b"exit 3\n", []),
        (b"", []),
        (b"#!\n", []),
    ],
)
def test_the_first_line_says_the_interpreter_with_one_argument(tmp_path, text, words):
    (tmp_path / "a.sh").write_bytes(text)
    assert interpreter(os.fsencode(tmp_path / "a.sh")) == words


def test_a_script_has_its_environment_and_its_session(run):
    code, said = run(b"#!/bin/sh\necho $A; cut -d' ' -f6 /proc/$$/stat; echo $$\n", {b"A": b"1"})
    value, session, own = said.split()
    assert (code, value, session) == (0, b"1", own)


def test_what_cannot_be_executed_says_so_and_has_the_exit_code_of_a_shell(run):
    code, said = run(b"#!/no/such/program\n")
    assert (code, said.startswith(b"/no/such/program ")) == (127, True)
    assert said.endswith(b": No such file or directory\n")
    code, said = run(b"#!/etc/passwd\n")
    assert (code, said.endswith(b": Permission denied\n")) == (126, True)


def test_an_environment_that_is_too_big_is_said_in_a_small_one(run):
    code, said = run(b"#!/bin/sh\n", {b"A": b"x" * (1 << 22)})
    assert (code, said.endswith(b": Argument list too long\n")) == (126, True)


def test_a_disk_that_fails_is_no_fault_of_the_script(tmp_path):
    (tmp_path / "a.sh").symlink_to("/proc/self/mem")  # reading its first byte is EIO
    with pytest.raises(OSError, match="Input/output error"):
        spawn(os.fsencode(tmp_path / "a.sh"), {}, (0, 1, 2))


def test_a_script_that_is_not_there_has_not_failed(tmp_path):
    """Its folder was moved, or deleted: nothing of it ran."""
    with pytest.raises(FileNotFoundError):
        spawn(os.fsencode(tmp_path / "a.sh"), {}, (0, 1, 2))


@pytest.mark.parametrize(("ending", "code"), [("exit 3", 3), ("kill -9 $$", 137)])
def test_a_script_that_has_ended_is_a_zombie_until_it_is_taken(ending, code):
    """Where the keeper is killed before it has written the end, the exit code is there for who comes next."""
    program = f"""
import os
from maestro_adapters.local.keeper.spawn import Children
children = Children()
pid = os.posix_spawn("/bin/sh", ["sh", "-c", "read -r _; {ending}"], {{}})
print(children.next_end())
os.close(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
print(children.next_end() == children.next_end() == (pid, {code}))
children.take(pid)
try:
    os.waitpid(pid, 0)
except ChildProcessError:
    print("gone")
"""
    words = [sys.executable, "-u", "-c", program]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as done:
        assert done.stdout.readline() == "None\n"
        done.stdin.close()
        assert done.stdout.read() == "True\ngone\n"
