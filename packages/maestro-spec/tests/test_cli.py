"""An exit code, a form of output or a message of `maestro-spec` that scripts do not expect."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest

from maestro_spec.cli import main

GOOD = "description: {name: a, description: b}\nstudy: [{name: a, description: d, run: {cmd: x}}]\n"
WARN = GOOD + "holder: 1\n"
BAD = GOOD.replace("cmd", "command")


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "warn.yaml").write_text(WARN)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["good.yaml"], 0), (["warn.yaml"], 0), (["--strict", "warn.yaml"], 1), (["bad.yaml"], 1),
        (["good.yaml", "bad.yaml"], 1), (["absent.yaml"], 2), (["absent.yaml", "bad.yaml"], 2), (["."], 1),
        (["--ignore", "MS101,ms103", "bad.yaml"], 0), (["--ignore", "MS1", "bad.yaml"], 0),
        (["--select", "MS3", "bad.yaml"], 0), (["--select", "MS103", "bad.yaml"], 1),
        (["--strict", "--ignore", "MS102", "warn.yaml"], 0),
    ],
)  # fmt: skip
def test_exit_codes(files, arguments, code):
    assert main(["lint", *arguments]) == code


def test_an_empty_folder_cannot_be_linted(files, capsys):
    (files / "empty").mkdir()
    assert main(["lint", "empty"]) == 2
    assert "no study file in empty" in capsys.readouterr().out


def test_text_by_default_and_without_colours_when_no_terminal_reads_it(files, capsys):
    main(["lint", "bad.yaml"])
    out = capsys.readouterr().out
    assert "bad.yaml:2:41: error: `run` has no key `command`. [MS101]" in out
    assert "^^^^^^^" in out
    assert out.endswith("2 errors in 1 file.\n")
    assert "\033" not in out
    main(["lint", "--colour", "always", "bad.yaml"])
    assert "\033[1;31merror" in capsys.readouterr().out


def command(*arguments, environment=(), **more):
    """The command in a process of its own."""
    words = [sys.executable, "-m", "maestro_spec.cli", *arguments]
    variables = {**os.environ, **dict(environment)}
    return subprocess.run(words, env=variables, stderr=subprocess.PIPE, check=False, **more)


def test_colours_on_a_terminal_unless_it_says_no(files):
    def shown(**environment):
        ours, terminal = pty.openpty()
        command("lint", "bad.yaml", environment=environment, stdout=terminal)
        told = os.read(ours, 65536)
        os.close(ours)
        os.close(terminal)
        return told

    assert b"\033[1;31m" in shown(TERM="xterm", NO_COLOR="")
    for environment in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb", "NO_COLOR": ""}):
        told = shown(**environment)
        assert b"MS101" in told
        assert b"\033" not in told


def test_standard_input():
    done = command("lint", "-", input=BAD.encode(), stdout=subprocess.PIPE)
    assert done.returncode == 1
    assert b"<stdin>:2:41" in done.stdout


def test_other_formats(files, capsys):
    main(["lint", "--format", "json", "bad.yaml", "good.yaml"])
    assert {entry["code"] for entry in json.loads(capsys.readouterr().out)} == {"MS101", "MS103"}
    main(["lint", "--format", "github", "bad.yaml"])
    assert capsys.readouterr().out.startswith("::error file=bad.yaml,line=2,")
    main(["lint", "--format", "sarif", "bad.yaml"])
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"


def test_parameters_of_a_pgen_file(files):
    (files / "pgen.yaml").write_text(GOOD.replace("cmd: x", "cmd: echo $(SIZE)"))
    assert main(["lint", "--strict", "pgen.yaml"]) == 1
    assert main(["lint", "--strict", "--parameter", "SIZE", "pgen.yaml"]) == 0


def test_unknown_codes_are_refused(files, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["lint", "--ignore", "MS999", "good.yaml"])
    assert caught.value.code == 2
    assert "there is no code MS999" in capsys.readouterr().err


def test_schema(capsys):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "maestro study file"


def test_explain(capsys):
    assert main(["explain", "ms301"]) == 0
    assert "Upstream drops the second in silence" in capsys.readouterr().out
    assert main(["explain"]) == 0
    assert "MS511" in capsys.readouterr().out
    assert main(["explain", "MS3011"]) == 2
    assert "there is no code MS3011" in capsys.readouterr().err


def test_a_reader_that_leaves_is_no_traceback(files):
    reader, writer = os.pipe()
    os.close(reader)
    done = command("lint", "bad.yaml", stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_what_the_terminal_cannot_show_is_replaced(files):
    (files / "ü.yaml").write_text(GOOD.replace("cmd: x", "cmd: x, ünknown: 1"), encoding="utf-8")
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"}
    done = command("lint", "ü.yaml", environment=ascii_only, stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"?nknown" in done.stdout
