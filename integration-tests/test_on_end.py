"""A command at the study's end: with the real commands, and conductors that are killed.

A fault here would be an end that nobody is told of, or a study that is another one for having told it.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import FAILING, HELLO, PATIENT, no_conductor_stays, status, write
from maestro_conductor.workspace.conductor_lock import holder, last_holder
from waiting import wait_until

__all__ = ["no_conductor_stays"]  # a fixture

pytestmark = pytest.mark.once

TELL = 'echo "$MAESTRO_STATE $MAESTRO_FINISHED $MAESTRO_FAILED" >> ../told'


def test_it_is_called_in_the_background_and_the_foreground(
    tmp_path: Path, maestro: Maestro
) -> None:
    write(tmp_path / "failing.yaml", FAILING)
    assert maestro("run", "-fg", "-y", "-o", "A", "failing.yaml", "--on-end", TELL).returncode == 2
    assert (tmp_path / "told").read_text() == "FAILED 4 2\n"
    assert "on_end_called" in (tmp_path / "A/logs/failing.log").read_text()
    (tmp_path / "told").unlink()
    write(tmp_path / "hello.yaml", HELLO)
    assert maestro("run", "-y", "-o", "B", "hello.yaml", "--on-end", TELL).returncode == 0
    wait_until((tmp_path / "told").exists)
    assert (tmp_path / "told").read_text() == "FINISHED 3 0\n"
    # What was told is told: another end is told where that is asked for again.
    assert maestro("resume", "-fg", "A").returncode == 2
    assert (tmp_path / "told").read_text() == "FINISHED 3 0\n"
    assert maestro("resume", "-fg", "A", "--on-end", "exit 9").returncode == 2
    lines = [
        json.loads(line) for line in (tmp_path / "A/logs/failing.log").read_text().splitlines()
    ]
    assert [line.get("exit_code") for line in lines if line["event"] == "on_end_failed"] == [9]


def test_it_outlives_conductors_that_are_killed(tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "patient.yaml", PATIENT)
    root = tmp_path / "OUT"
    assert maestro("run", "-y", "-o", root, "patient.yaml", "--on-end", TELL).returncode == 0
    for _ in range(2):
        wait_until(lambda: status(maestro, root)["counts"].get("RUNNING"))  # type: ignore[attr-defined]
        found = last_holder(root)
        assert found is not None
        os.kill(found.pid, signal.SIGKILL)
        wait_until(lambda: not holder(root))
        assert maestro("resume", root).returncode == 0
    assert not (tmp_path / "told").exists()
    (tmp_path / "go").touch()
    wait_until((tmp_path / "told").exists)
    wait_until(lambda: not holder(root))
    assert (tmp_path / "told").read_text() == "FINISHED 3 0\n"
    assert maestro("resume", root, "--on-end", TELL).stdout.endswith("there is nothing to resume\n")
    assert not (root / ".maestro/on-end.json").exists()


def test_an_end_that_was_not_told_is_told_by_resume(tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "hello.yaml", HELLO)
    root = tmp_path / "OUT"
    assert maestro("run", "-fg", "-y", "-o", root, "hello.yaml").returncode == 0
    command = {"format": "maestro-on-end", "version": [1, 1], "command": TELL}
    (root / ".maestro/on-end.json").write_text(json.dumps(command))  # its conductor died before
    assert maestro("resume", "-fg", root).returncode == 0
    assert (tmp_path / "told").read_text() == "FINISHED 3 0\n"
    assert "nothing to resume" in maestro("resume", "-fg", root).stdout


def test_it_is_set_while_the_study_runs_and_only_its_user_reads_it(
    tmp_path: Path, maestro: Maestro
) -> None:
    write(tmp_path / "patient.yaml", PATIENT)
    root = tmp_path / "OUT"
    words = (
        "run",
        "-y",
        "--group-access",
        "-o",
        root,
        "patient.yaml",
        "--on-end",
        "touch ../wrong",
    )
    assert maestro(*words).returncode == 0
    assert (root / ".maestro/on-end.json").stat().st_mode & 0o777 == 0o600
    assert "its end will be told" in maestro("resume", root, "--on-end", TELL).stdout
    (tmp_path / "go").touch()
    wait_until((tmp_path / "told").exists)
    assert not (tmp_path / "wrong").exists()


@pytest.mark.parametrize("words", [["--on-end", ""], ["--on-end", "x" * 40_000]])
def test_what_is_no_command(words: list[str], tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "hello.yaml", HELLO)
    assert maestro("run", "-y", "-o", "OUT", "hello.yaml", *words).returncode == 64
    assert not (tmp_path / "OUT").exists()
