"""Amendments and other users: a colleague may look at them, and may not say what runs as the owner."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from several_users import (
    COLLEAGUE,
    NAMES,
    OWNER,
    Study,
    Users,
    closed_to_group,
    ended,
    everybody,
    place,
    running,
    users,
)
from waiting import wait_until

__all__ = ["everybody", "place", "users"]  # fixtures

pytestmark = pytest.mark.once


def edit(root: Path) -> None:
    """Edit the copy of the study file: another command for the second step."""
    copy = root / "study.yaml"
    text = copy.read_text()
    copy.write_text(text.replace("echo done", "echo finished"))


def test_a_colleague_sees_an_amendment_of_the_owner(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        edit(root)
        done = users.maestro(OWNER, "amend", "-y", root)
        assert done.returncode == 0, done.stderr
        assert (
            f"{NAMES[OWNER]}: amend — kept 1, changed 1"
            in users.maestro(COLLEAGUE, "status", "--history", root).stdout
        )
        assert users.status(root, COLLEAGUE)["counts"] == {"RUNNING": 1, "INITIALIZED": 1}
        for name in ("meta/amendments/1.yaml", ".maestro/study.yaml", "study.yaml"):
            assert users.run(COLLEAGUE, "cat", root / name).returncode == 0
        assert users.run(COLLEAGUE, "cat", root / "meta/environment.yaml").returncode != 0
        for word in ("hold", "release", "skip"):
            done = users.maestro(COLLEAGUE, word, root, "after")
            assert done.returncode == 0, done.stderr
        (root / "wait/go").touch()
        wait_until(lambda: users.status(root)["state"] == "FINISHED", "its end")
        assert closed_to_group(root) == []


@pytest.mark.parametrize("study", [running, ended])
def test_a_colleague_says_not_what_runs_as_the_owner(
    everybody: Users, place: Path, study: Study
) -> None:
    with study(everybody, place, "--group-access") as root:
        before = everybody.maestro(COLLEAGUE, "why", root, "after").stdout
        for words in (["-y"], ["--dry-run"], [place / "study.yaml", "-y"]):
            done = everybody.maestro(COLLEAGUE, "amend", root, *words)
            assert done.returncode == 1
            assert done.stderr.startswith(f"maestro: you may not amend {root}\n")
            assert f"its commands run as {NAMES[OWNER]}" in done.stderr
            assert len(done.stderr.splitlines()) == 2
        # Nor by hand: there is no place for an amendment, and what is elsewhere is none.
        made = everybody.run(COLLEAGUE, "mkdir", "-p", root / ".maestro/amendments/0123456789ab")
        assert made.returncode != 0
        assert everybody.maestro(COLLEAGUE, "why", root, "after").stdout == before


@pytest.mark.parametrize("name", ["0123456789ab", "../../../elsewhere"])
def test_a_colleague_asks_for_an_amendment_that_nobody_made(
    everybody: Users, place: Path, name: str
) -> None:
    with running(everybody, place, "--group-access") as root:
        request = root / ".maestro/requests/a.json"
        text = json.dumps({"request": "amend", "amendment": name})
        made = everybody.run(COLLEAGUE, "sh", "-c", 'echo "$1" > "$2"', "sh", text, request)
        assert made.returncode == 0, made.stderr
        with contextlib.suppress(FileNotFoundError):  # it is claimed, as all may read it
            request.chmod(0o644)
        answer = root / ".maestro/answers/a.json"
        wait_until(answer.exists, "the answer")
        told = json.loads(answer.read_text())
        assert (told["accepted"], told["by"]) == (False, NAMES[COLLEAGUE])
        assert everybody.status(root)["counts"] == {"RUNNING": 1, "INITIALIZED": 1}
