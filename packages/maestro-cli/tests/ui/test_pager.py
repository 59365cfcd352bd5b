"""When a long text goes through the pager.

A fault here would be a pipe that gets a pager's screen, or a text that is lost where no pager is
installed. What a pager shows on a real terminal is tested in `integration-tests/test_terminal.py`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from maestro_cli.ui.pager import page

LONG = "line\n" * 500


def test_a_pipe_gets_the_text_itself(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "false")
    page(LONG)
    assert capsys.readouterr().out == LONG


@pytest.mark.parametrize(
    ("pager", "text", "options", "shown"),
    [
        ("sed s/line/paged/", LONG, "", b"paged"),
        ("sed s/line/paged/", LONG, ", pager=False", b"line"),
        ("sed s/line/paged/", "line\n", "", b"line"),
        ("no-such-pager", LONG, "", b"line"),
        ("true", "line\n" * 100_000, "", b""),
    ],
    ids=["fits not", "not wanted", "fits", "not installed", "leaves early"],
)
def test_a_terminal_gets_what_does_not_fit_through_the_pager(
    pager: str, text: str, options: str, shown: bytes
) -> None:
    ours, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    code = f"import sys; from maestro_cli.ui.pager import page; page(sys.argv[1] * {len(text) // 5}{options})"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "line\n"],
        stdin=terminal,
        stdout=terminal,
        env={**os.environ, "PAGER": pager, "MANPAGER": ""},
    )
    os.close(terminal)
    said = b""
    # The end of a terminal that nobody has open any more reads as an error.
    with contextlib.suppress(OSError):
        while chunk := os.read(ours, 65536):
            said += chunk
    os.close(ours)
    assert process.wait() == 0
    assert said.partition(b"\r\n")[0] == shown
