"""The command line: usage, help, abbreviations, and the types of options.

A fault here would be a command line of maestrowf that no longer works, or a mistake in one that
goes unnoticed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

import pytest

from maestro_cli import app
from maestro_cli.app import make_parser
from maestro_cli.commands import COMMANDS
from maestro_cli.errors import UsageError
from maestro_cli.ui.parser import path, seconds, setting, whole


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["run"],
        ["run", ""],
        ["run", "-o", "", "x.yaml"],
        ["status", ""],
        ["run", "-a", "0", "x.yaml"],
        ["run", "-t", "-1", "x.yaml"],
        ["run", "-r", "many", "x.yaml"],
        ["run", "-y", "-n", "x.yaml"],
        ["run", "--pargs", "A:1", "x.yaml"],
        ["status", "--layout", "wide", "x"],
        ["status", "--state", "FRESH", "x"],
        ["-d", "6", "status", "x"],
        ["update", "--rlimit", "1", "--rlimit", "2", "--rlimit", "3", "a", "b"],
        ["update", "--throttle", "99999999999999999999", "a"],
        ["update", "--throttle", "1.5", "a"],
        ["update", "--sleep", "nan", "a"],
        ["run", "-t", "99999999999999999999", "x.yaml"],
        ["resume", "--step"],
        ["resume", ""],
        ["logs", "-n", "-1", "x"],
        ["logs", "x", "--where", "nonsense"],
        ["skip", "x"],
        ["resume", "x", "--failed", "a"],
        ["update", "--local-slots", "0", "x"],
        ["validate", ""],
        ["-l", "", "run", "x.yaml"],
    ],
)
def test_wrong_usage_exits_64(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(words) == 64
    shown = capsys.readouterr()
    assert shown.err.startswith("maestro: ")
    assert "Traceback" not in shown.err
    assert "\n  → " in shown.err


def test_usage_errors_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["status", "--json", "--csv", "x"]) == 64
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "usage"
    assert error["exit_code"] == 64


def test_a_mistyped_command_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    app.main(["statsu", "x"])
    assert "did you mean status?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    COMMANDS,
)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        app.main([command, "--help"])
    assert done.value.code == 0
    shown = capsys.readouterr().out
    assert (
        f"maestro {command}"
        in shown.split("examples:" if command != "completion" else "install it:")[1]
    )


def test_help_fits_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in sorted({*COMMANDS} - {"completion"}):
        with pytest.raises(SystemExit):
            app.main([command, "--help"])
        before, _, _ = capsys.readouterr().out.partition("examples:")
        assert max(map(len, before.splitlines())) <= 78, command


#: Long options of maestrowf 1.2.1, by command; those that take a value end in `=`.
UPSTREAM = {
    "run": "attempts= rlimit= throttle= sleeptime= dry pgen= pargs= out= hashws autono autoyes usetmp",
    "status": "layout= disable-theme disable-pager",
    "cancel": "autoyes",
    "update": "throttle= rlimit= sleep=",
}
VALUES = {"layout": "narrow", "pgen": "gen.py", "pargs": "A:1", "out": "dir"}


def upstream_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--logpath")
    parser.add_argument("--debug_lvl")
    parser.add_argument("--logstdout")
    parser.add_argument("--version")
    commands = parser.add_subparsers()
    for command, options in UPSTREAM.items():
        sub = commands.add_parser(command)
        sub.add_argument("file")
        for option in options.split():
            action = "store" if option.endswith("=") else "store_true"
            sub.add_argument(f"--{option.rstrip('=')}", action=action)
    return parser


@pytest.mark.parametrize("command", UPSTREAM)
def test_every_abbreviation_of_maestrowf_works(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, ours = upstream_parser(), make_parser()
    plain = vars(ours.parse_args([command, "file"]))
    tried = 0
    for option in UPSTREAM[command].split():
        name = option.rstrip("=")
        value = [VALUES.get(name, "3")] if option.endswith("=") else []
        for length in range(1, len(name) + 1):
            words = [command, "file", f"--{name[:length]}", *value]
            try:
                theirs.parse_args(words)
            except SystemExit:  # ambiguous there, too
                continue
            given = vars(ours.parse_args(words))
            changed = {key for key in given if given[key] != plain[key]}
            assert changed == {name.replace("-", "_")}, words
            tried += 1
    capsys.readouterr()
    assert tried > len(UPSTREAM[command].split())


@pytest.mark.parametrize(
    "words", [["cancel"], ["status", "x", "--nonsense"], ["why", "-h"], ["cancel", "--frob", "x"]]
)
def test_one_command_s_parser_says_what_the_whole_one_says(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for only in (None, words[0]):
        with pytest.raises((SystemExit, UsageError)) as end:
            make_parser(only).parse_args(words)
        said.append((str(end.value), capsys.readouterr()))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (whole(0), "0", 0),
        (whole(1), " 7 ", 7),
        (whole(0), str(2**53), 2**53),
        (seconds, "0", 0),
        (seconds, "1.5", 1.5),
        (seconds, "60.0", 60),
        (setting, "A=b=c", ("A", "b=c")),
        (setting, " A = b", ("A", " b")),
        (setting, "A=", ("A", "")),
        (path, " ", " "),
    ],
)
def test_values_of_options(read: Callable[[str], object], text: str, value: object) -> None:
    found = read(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (whole(1), "0"),
        (whole(0), "1.0"),
        (whole(0), str(2**53 + 1)),
        (seconds, "-1"),
        (seconds, "1e9"),
        (seconds, "inf"),
        (seconds, "x"),
        (setting, "A"),
        (setting, "=b"),
        (path, ""),
    ],
)
def test_values_that_options_do_not_take(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        read(text)
