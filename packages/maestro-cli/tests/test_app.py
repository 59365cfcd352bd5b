"""The command as a whole: start-up, exit codes, and streams that are closed or have no reader.

A fault here would be a traceback, a wrong exit code, or a command that makes people wait while it
imports what it does not need.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from maestro_cli import __version__, app
from maestro_cli.errors import NotAStudyError


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "maestro_cli", *words], capture_output=True, text=True, check=False
    )


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main([]) == 0
    assert "examples:" in capsys.readouterr().out


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


@pytest.mark.parametrize("command", ["cancel", "why", "logs", "graph"])
def test_other_commands_import_only_what_they_need(failed: Path, command: str) -> None:
    more = {"cancel": ["-y"], "why": ["make"], "logs": ["make"]}.get(command, [])
    loaded = modules_of(command, str(failed), *more)
    assert loaded & (HEAVY | OURS - {"maestro_conductor"}) == set()


def test_version() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout == f"maestro {__version__}\n"


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
        (request,) = (staged / ".maestro/requests").iterdir()
        request.unlink()
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


def test_errors_are_tracebacks_only_where_that_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["why", "absent", "x"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    with pytest.raises(NotAStudyError):
        app.main(["-d", "1", "why", "absent", "x"])
