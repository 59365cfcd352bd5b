"""Standard streams that are closed, full, or without a reader.

A fault here would be a traceback, or a command that stops halfway, because nobody reads its output.
Each case runs in a process of its own: what is tested is what Python does to its own streams.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from maestro_cli.ui.console import is_terminal, say


def run(code: str, redirection: str) -> tuple[int, str]:
    """Run a program in a shell, with its streams redirected; give its exit code and its stderr."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$1" -c "$2" {redirection}', "sh", sys.executable, code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_can_be_used(redirection: str) -> None:
    code = (
        "import sys\n"
        "from maestro_cli.ui.console import prepare_streams, say, warn\n"
        "prepare_streams()\n"
        "say('out'); warn('err')\n"
        "sys.exit(0 if sys.stdin.read() == '' else 1)"
    )
    if "<" not in redirection:
        redirection += " </dev/null"
    status, told = run(code, redirection)
    assert status == 0
    assert told == ("" if "2>" in redirection else "err\n")


def test_text_that_the_encoding_lacks_is_escaped() -> None:
    code = (
        "from maestro_cli.ui.console import prepare_streams, warn\n"
        "prepare_streams()\n"
        r"warn('\u2502 \udcff')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert done.stderr == b"\\u2502 \\udcff\n"


def test_what_a_full_disk_does_not_take_is_told_once() -> None:
    code = (
        "import sys\n"
        "from maestro_cli.ui.console import lost_output, say\n"
        "say('x')\n"
        "sys.stderr.write(f'{lost_output()}|{lost_output()}')"
    )
    assert run(code, ">/dev/full") == (0, "No space left on device|None")


def test_a_reader_that_has_gone_stops_nothing() -> None:
    code = (
        "import os, sys\n"
        "from maestro_cli.ui.console import flush, say\n"
        "reader, writer = os.pipe(); os.close(reader); os.dup2(writer, 1)\n"
        "say('x' * 100000); say('y'); flush()\n"
        "sys.stderr.write('done')"
    )
    assert run(code, "") == (0, "done")


def test_a_closed_stream_is_no_terminal() -> None:
    stream = io.StringIO()
    assert not is_terminal(stream)
    stream.close()
    assert not is_terminal(stream)


def test_say_ends_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    say("one")
    say()
    assert capsys.readouterr().out == "one\n\n"
