"""The command line as a whole: usage, exit codes, start-up."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from maestro_cli import __version__, app
from maestro_cli.app import make_parser
from maestro_cli.errors import UsageError


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "maestro_cli", *words], capture_output=True, text=True, check=False
    )


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
        ["why", "x"],
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


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main([]) == 0
    assert "examples:" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    ["run", "status", "cancel", "update", "resume", "validate", "why", "logs", "completion"],
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
    for command in ("run", "update", "resume", "logs", "status"):
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


HEAVY = {"rich", "yaml", "structlog", "asyncio", "shtab", "importlib.metadata", "jsonschema"}
OURS = {"maestro_spec", "maestro_graph", "maestro_adapters", "maestro_conductor"}
#: Of use to those only who write into a workspace.
WRITERS = {"tempfile", "maestro_conductor.journal.writer", "maestro_conductor.journal.compaction"}


def loaded_by(code: str, *words: str) -> set[str]:
    """The modules that a program loads, beyond what Python starts with."""
    code = (
        "import sys; before = set(sys.modules)\n"
        f"try:\n {code}\n"
        "except SystemExit: pass\n"
        "print('modules:', *sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    return set(done.stdout.partition("modules:")[2].split())


def modules_of(*words: str) -> set[str]:
    """What a command imports, beyond what argparse does to print a version."""
    plain = "import argparse; p = argparse.ArgumentParser()"
    argparses = loaded_by(
        f"{plain}; p.add_argument('-v', action='version', version='1'); p.parse_args(['-v'])"
    )
    return loaded_by("from maestro_cli import app; app.main(sys.argv[1:])", *words) - argparses


@pytest.mark.parametrize("option", ["--version", "-v"])
def test_version_imports_nothing(option: str) -> None:
    code = (
        "import sys; before = set(sys.modules); from maestro_cli.app import main\n"
        "code = main()\n"
        "print('modules:', code, *sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, option], capture_output=True, text=True, check=True
    )
    said, _, loaded = done.stdout.partition("modules:")
    assert said == f"maestro {__version__}\n"
    ours = ["maestro_cli", "maestro_cli.__about__", "maestro_cli.app"]
    assert [name for name in loaded.split() if name != "__future__"] == ["0", *ours]


def test_an_interrupt_while_it_is_imported_is_no_traceback() -> None:
    code = (
        "import sys\n"
        "class Interrupts:\n"
        "    def find_spec(self, name, *_more):\n"
        "        if name == 'maestro_cli.ui.parser':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "from maestro_cli.app import main\n"
        "sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "status"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("words", [["--version"], ["-c", "-v"], ["status", "-h"], ["-h"]])
def test_no_room_for_what_is_printed_is_one_message(words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "maestro_cli", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": ""},
        )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") <= 2
    assert b"No space left on device" in done.stderr


@pytest.mark.parametrize("words", [["--version"], ["-c", "-v"], ["status", "-h"]])
def test_what_has_no_reader_any_more_ends_quietly(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "maestro_cli", *words],
        stdout=writer,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "words", [["status"], ["status", "x", "--nonsense"], ["why", "-h"], ["cancel", "--frob", "x"]]
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


@pytest.mark.parametrize("options", [[], ["--summary"], ["--json"], ["--csv"], ["--failed"]])
def test_status_imports_only_what_it_needs(failed: Path, options: list[str]) -> None:
    loaded = modules_of("status", *options, str(failed))
    assert loaded & (HEAVY | WRITERS | OURS - {"maestro_conductor"}) == set()
    assert len({name for name in loaded if "." not in name}) < 120
    views = {"summary", "as_json", "as_csv", "failed"} & {
        name.removeprefix("maestro_cli.views.") for name in loaded
    }
    assert views == {"--json": {"as_json"}, "--summary": {"summary"}, "--failed": {"failed"}}.get(
        "".join(options), {"as_csv"}
    )


@pytest.mark.parametrize("command", ["cancel", "why", "logs"])
def test_other_commands_import_only_what_they_need(failed: Path, command: str) -> None:
    more = {"cancel": ["-y"], "why": ["make"], "logs": ["make"]}[command]
    loaded = modules_of(command, str(failed), *more)
    assert loaded & (HEAVY | OURS - {"maestro_conductor"}) == set()


def test_version() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout == f"maestro {__version__}\n"


@pytest.mark.parametrize("words", [["resume"], ["why", "make"], ["logs"]])
def test_a_pattern_that_means_several_studies_is_wrong_usage(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("s1", "s2"):
        (tmp_path / name).mkdir()
    assert app.main([words[0], "s*", *words[1:]]) == 64
    assert f"name one of them: {tmp_path / 's1'}, {tmp_path / 's2'}" in capsys.readouterr().err


def test_steps_that_have_printed_nothing_are_named(
    staged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["logs", "OUT", "post"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nothing has been printed so far by post" in shown.err


@pytest.mark.parametrize("name", ["no/such/folder/x.log", "OUT", "chain.yaml/x.log"])
def test_a_log_that_cannot_be_written_is_refused_before_anything_is_made(
    staged: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    before = sorted(staged.parent.rglob("*"))
    for words in (["run", "-y", "-o", "NEW", "chain.yaml"], ["resume", "OUT"]):
        assert app.main(["-l", name, *words]) == 1
        assert f"{staged.parent / name} cannot be the log: " in capsys.readouterr().err
    assert sorted(staged.parent.rglob("*")) == before


COMMANDS = {
    "status OUT": 0,
    "why OUT make": 0,
    "logs OUT make": 0,
    "cancel -y OUT": 0,
    "validate chain.yaml": 0,
    "validate -": 1,
    "status absent": 1,
    "frobnicate": 64,
    "update OUT": 1,
}


@pytest.mark.parametrize("closed", ["<&- >&-", "<&- >&- 2>&-"])
def test_closed_streams_do_not_matter(staged: Path, closed: str) -> None:
    """All in one shell: starting Python takes longer than what is tested."""
    code = "import sys; from maestro_cli.app import main; sys.exit(main(sys.argv[1:]))"
    script = "".join(
        f'"$1" -c "$2" {words} {closed} 3>&-; test $? = {code_} || echo "{words}: $?" >&3\n'
        for words, code_ in COMMANDS.items()
    )
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec 3>wrong\n{script}", "sh", sys.executable, code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (staged.parent / "wrong").read_text() == ""
    assert "Traceback" not in done.stderr


def test_what_is_asked_for_is_done_though_the_reader_is_gone(staged: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    for buffering in ("", "1"):
        done = subprocess.run(
            [sys.executable, "-m", "maestro_cli", "update", "--throttle", "4", "OUT"],
            stdout=writer,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": buffering},
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        (staged / ".study.update.lock").unlink()
    os.close(writer)


def test_a_pipe_that_closes_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "maestro_cli", "completion", "bash"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
