"""Debian packages that a test needs: installed where they are missing, never skipped."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_INSTALL = Path(__file__).resolve().parent.parent / "scripts" / "apt-install.sh"


def need(command: str, package: str) -> None:
    """Make sure that a command is there, from that Debian package; fail the test otherwise."""
    if shutil.which(command):
        return
    done = subprocess.run(
        ["sh", _INSTALL, package],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not shutil.which(command):
        pytest.fail(f"no {command} here, and {package} was not installed: {done.stderr}")
