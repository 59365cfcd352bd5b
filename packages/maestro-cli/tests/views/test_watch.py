"""A study that has ended is shown, and that is all.

A fault here would be a watch that waits for what cannot come. Studies that run are watched in
`integration-tests/test_terminal_views.py`.
"""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path


def test_a_study_that_has_ended(failed: Path) -> None:
    ours, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "maestro_cli", "status", "--watch", "OUT"],
        stdout=terminal,
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
    assert b"failed: exit code 7" in said
    assert b"maestro status --failed OUT" in said
    assert b"\x1b[?1049h" not in said  # no other screen, which would be gone again
