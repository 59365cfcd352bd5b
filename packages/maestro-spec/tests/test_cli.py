"""The command `maestro-spec`."""

from __future__ import annotations

import io
import json
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


def test_colours_on_a_terminal_unless_it_says_no(files, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    main(["lint", "bad.yaml"])
    assert "\033[1;31m" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(["lint", "bad.yaml"])
    assert "\033" not in capsys.readouterr().out


def test_standard_input(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert main(["lint", "-"]) == 1
    assert "<stdin>:2:41" in capsys.readouterr().out


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


def test_a_reader_that_leaves_is_no_traceback(files, monkeypatch, capfd):
    def leave(_):
        raise BrokenPipeError

    monkeypatch.setattr("maestro_spec.cli._write", lambda *_: leave(_))
    monkeypatch.setattr("os.dup2", lambda *_: 0)
    assert main(["lint", "bad.yaml"]) == 1


def test_what_the_terminal_cannot_show_is_replaced(files, monkeypatch):
    (files / "ü.yaml").write_text(GOOD.replace("cmd: x", "cmd: x, ünknown: 1"), encoding="utf-8")
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["lint", "ü.yaml"]) == 1
    assert b"?nknown" in out.buffer.getvalue()
