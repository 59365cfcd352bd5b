"""Starting a study's conductor, here or in the background.

A fault here would be a study that is said to run though nobody runs it, or an exit code that
belongs to another end.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maestro_cli.errors import LaunchError
from maestro_cli.launch.start import StartOptions, check_log, start
from maestro_cli.study.workspace_view import open_study
from maestro_conductor.errors import ConductorError
from maestro_conductor.workspace.conductor_lock import hold

HERE = StartOptions(foreground=True, log_level=2, logpath=None, talkative=False)


def test_in_the_foreground_the_end_is_awaited(quick: Path) -> None:
    started = start(quick, "quick", HERE)
    assert (started.pid, started.exit_code) == (None, 0)
    assert open_study(quick).state == "FINISHED"


def test_one_that_cannot_start_says_why(staged: Path) -> None:
    with hold(staged), pytest.raises(LaunchError, match="another conductor holds") as caught:
        start(staged, "chain", HERE._replace(foreground=False))
    assert caught.value.hint.endswith(f"maestro resume {staged}")
    assert (staged / "chain.txt").read_text() != ""


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    check_log(HERE)
    check_log(HERE._replace(logpath="x.log"))
    with pytest.raises(ConductorError, match="cannot be the log"):
        check_log(HERE._replace(logpath=os.fspath(tmp_path / "none/x.log")))
