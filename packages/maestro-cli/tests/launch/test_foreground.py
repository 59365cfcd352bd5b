"""A study that runs in this process.

A fault here would be a bar that is left on the terminal, or log lines where nobody wants them.
"""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from maestro_cli.launch.foreground import conduct_here

RUN = """\
import sys
from pathlib import Path
from maestro_cli.launch.foreground import conduct_here
sys.exit(conduct_here(Path(sys.argv[1]), debug_level=2, logpath=None, talkative=True))
"""


@pytest.mark.parametrize("talkative", [True, False])
def test_a_pipe_gets_a_line_per_step_where_it_is_wanted(
    quick: Path, capsys: pytest.CaptureFixture[str], talkative: bool
) -> None:
    capsys.readouterr()
    assert conduct_here(quick, debug_level=2, logpath=None, talkative=talkative) == 0
    shown = capsys.readouterr().out
    assert ("  only: 1 finished (of 1)\n" in shown) is talkative
    assert "instance=only" not in shown


def test_the_lowest_level_shows_the_log(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert conduct_here(quick, debug_level=1, logpath=None, talkative=True) == 0
    assert "instance=only" in capsys.readouterr().out


def test_a_terminal_gets_a_bar_and_the_failures(tmp_path: Path, quick: Path) -> None:
    text = (tmp_path / "quick.yaml").read_text().replace('"true"', '"exit 3"')
    (tmp_path / "bad.yaml").write_text(text)
    words = ["run", "-n", "-o", "BAD", "bad.yaml"]
    subprocess.run([sys.executable, "-m", "maestro_cli", *words], check=True, capture_output=True)
    ours, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "BAD"],
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(terminal)
    said = b""
    # The end of a terminal that nobody has open any more reads as an error.
    with contextlib.suppress(OSError):
        while chunk := os.read(ours, 65536):
            said += chunk
    os.close(ours)
    assert process.wait() == 2
    assert b"FAILED" in said
    assert b"only\r\n" in said
    assert b"1/1" in said
