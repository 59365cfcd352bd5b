"""What `maestro status` shows: of which studies, which rows, in which layout, on which terminal.

Would catch a row or a colour that a user asked for and does not get, and a control character of a
study that reaches the terminal.
"""

from __future__ import annotations

import csv
import json
import os
import signal
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import (
    FAILING,
    HELLO,
    failing,
    hello,
    no_conductor_stays,
    status,
    waiting,
    write,
)
from waiting import wait_until

__all__ = ["failing", "hello", "no_conductor_stays", "waiting"]  # fixtures

pytestmark = pytest.mark.once


def test_status_of_several_studies_and_patterns(
    tmp_path: Path, hello: Path, failing: Path, maestro: Maestro
) -> None:
    maestro("run", "-fg", "-y", "-o", "s1", hello)
    maestro("run", "-fg", "-y", "-o", "s2", failing)
    maestro("run", "-n", "-o", "s3", hello)
    done = maestro("status", "--json", "--summary", "s*")
    assert [json.loads(line)["state"] for line in done.stdout.splitlines()] == [
        "FINISHED",
        "FAILED",
        "STAGED",
    ]
    assert done.returncode == 2
    assert maestro("status", "s1", "s3").returncode == 0
    assert maestro("status", "s1", "nothing").returncode == 1
    summary = maestro("status", "--summary", "s1", "s2").stdout.splitlines()
    assert [line.split()[0] for line in summary] == ["FINISHED", "FAILED"]


def test_the_three_layouts_show_the_fields(tmp_path: Path, failing: Path, maestro: Maestro) -> None:
    maestro("run", "-fg", "-y", "-o", "OUT", failing)
    with (tmp_path / "OUT/status.csv").open() as file:
        rows = list(csv.DictReader(file))
    for layout in ("flat", "legacy", "narrow"):
        shown = maestro("status", "--layout", layout, "OUT", env={"COLUMNS": "250"}).stdout
        for row in rows:
            for name, value in row.items():
                if name == "Params":
                    continue
                assert value in shown, (layout, name)
    assert "  N  2\n" in maestro("status", "--layout", "narrow", "OUT").stdout


def test_rows_can_be_chosen(tmp_path: Path, failing: Path, maestro: Maestro) -> None:
    maestro("run", "-fg", "-y", "-o", "OUT", failing)

    def names(*options: str) -> list[str]:
        rows = csv.DictReader(maestro("status", "--csv", *options, "OUT").stdout.splitlines())
        return [row["Step Name"] for row in rows]

    assert len(names()) == 6
    assert names("--state", "failed") == ["work_N.2", "post_N.2"]
    assert names("--state", "FAILED,FINISHED", "--step", "*_N.1") == ["work_N.1", "post_N.1"]
    assert names("--step", "post", "--state", "FAILED") == ["post_N.2"]
    failed = json.loads(maestro("status", "--json", "--failed", "OUT").stdout)["steps"]
    assert [step["name"] for step in failed] == ["work_N.2", "post_N.2"]
    assert failed[0]["last_lines"] == ["no luck with 2"]
    assert failed[0]["exit_code"] == 7


def test_colours_only_where_they_are_wanted(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    maestro("run", "-n", "-o", "OUT", hello)
    forced = {"FORCE_COLOR": "1"}
    assert "\x1b[" not in maestro("status", "OUT").stdout
    assert "\x1b[" in maestro("status", "OUT", env=forced).stdout
    assert "\x1b[" not in maestro("status", "--disable-theme", "OUT", env=forced).stdout
    assert "\x1b[" not in maestro("status", "OUT", env={**forced, "NO_COLOR": "1"}).stdout


def test_a_terminal_without_utf8(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    write(tmp_path / "umlaut.yaml", HELLO.replace("hello world", "grüße 世界"))
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = maestro("run", "-fg", "-y", "-o", "OUT", "umlaut.yaml", env=plain)
    assert done.returncode == 0, done.stderr
    shown = maestro("status", "OUT", env=plain).stdout
    assert shown.isascii()
    assert "+--" in shown


def test_nothing_foreign_reaches_the_terminal_raw(tmp_path: Path, maestro: Maestro) -> None:
    evil = FAILING.replace("values: [1, 2, 3]", 'values: [1, 2, "\\e]0;owned\\a\\e[2J"]')
    evil = evil.replace("no luck with $(N)", "\\033[31mred\\033[0m").replace("echo", "printf")
    write(tmp_path / "evil.yaml", evil)
    maestro("run", "-fg", "-y", "-o", "OUT", "evil.yaml")
    for words in (
        ["status"],
        ["status", "--layout", "narrow"],
        ["status", "--layout", "legacy"],
        ["status", "--failed"],
        ["status", "--summary"],
        ["why"],
        ["logs"],
    ):
        done = maestro(*words, "OUT", *(["*"] if words == ["why"] else []))
        assert "\x1b" not in done.stdout + done.stderr, words
        assert "\x07" not in done.stdout, words


def test_a_dead_conductor_is_named(tmp_path: Path, waiting: Path, maestro: Maestro) -> None:
    pid = json.loads(maestro("run", "-y", "--json", "-o", "OUT", waiting).stdout)["pid"]
    wait_until(lambda: status(maestro, tmp_path / "OUT")["counts"].get("RUNNING"))  # type: ignore[attr-defined]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not status(maestro, tmp_path / "OUT")["conductor_alive"])
    done = maestro("status", "OUT")
    assert done.returncode == 1
    assert f"process {pid}" in done.stdout
    assert "maestro resume OUT" in done.stdout
    (tmp_path / "go").touch()
    assert maestro("resume", "-fg", "OUT").returncode == 0
