"""Scripts that complete commands, options and folders.

A fault here would be a script that lacks a command, or that a shell cannot read.
"""

from __future__ import annotations

import subprocess

import pytest

from maestro_cli import app
from maestro_cli.commands import COMMANDS


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_every_command_is_completed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for command in COMMANDS:
        assert command in script
    assert "--throttle" in script


def test_bash_can_read_its_script(capsys: pytest.CaptureFixture[str]) -> None:
    app.main(["completion", "bash"])
    script = capsys.readouterr().out
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    assert "compgen -d" in script or "_shtab_compgen_dirs" in script
