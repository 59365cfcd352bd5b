"""Three users: who made the study, a colleague of the same group, and a stranger."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest

from several_users import (
    COLLEAGUE,
    GROUP,
    NAMES,
    OWNER,
    STRANGER,
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


def test_a_colleague_looks_at_one_that_has_ended(users: Users, place: Path) -> None:
    with ended(users, place, "--group-access") as root:
        assert users.status(root, COLLEAGUE)["state"] == "FAILED"
        done = users.maestro(COLLEAGUE, "status", "--failed", root)
        assert done.returncode == 2
        assert "exit code 4" in done.stdout
        done = users.maestro(COLLEAGUE, "why", root, "after")
        assert done.returncode == 0
        assert "FAILED" in done.stdout
        assert "\nhere\n" in users.maestro(COLLEAGUE, "logs", root, "wait").stdout
        done = users.maestro(COLLEAGUE, "cancel", "-y", root)
        assert done.returncode == 0
        assert "has ended" in done.stdout or "FAILED" in done.stdout
        done = users.maestro(COLLEAGUE, "update", root, "--throttle", "7")
        assert done.returncode == 1
        assert "there is nothing to update" in done.stderr
        done = users.maestro(COLLEAGUE, "resume", root)
        assert done.returncode == 1
        assert f"you may not run {root}" in done.stderr
        with tempfile.TemporaryDirectory() as own:
            os.chown(own, COLLEAGUE, GROUP)
            packed = Path(own, "x.tar.gz")
            done = users.maestro(COLLEAGUE, "archive", root, "-o", packed)
            assert done.returncode == 0, done.stderr
            (root / "wait/secret").touch(mode=0o600)
            os.chown(root / "wait/secret", OWNER, GROUP)
            packed.unlink()
            done = users.maestro(COLLEAGUE, "archive", root, "-o", packed)
            assert done.returncode == 1
            assert "1 of the files" in done.stderr
            assert "wait/secret" in done.stderr
            assert list(Path(own).iterdir()) == []


def test_a_colleague_follows_it(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        assert users.status(root, COLLEAGUE)["state"] == "RUNNING"
        told = users.maestro(COLLEAGUE, "why", root, "wait")
        assert told.returncode == 0
        assert "RUNNING" in told.stdout
        told = users.maestro(COLLEAGUE, "logs", root, "wait")
        assert "\nhere\n" in told.stdout
        assert "step_started" in users.maestro(COLLEAGUE, "logs", root).stdout
        assert (root / "meta/environment.yaml").stat().st_mode & 0o077 == 0
        assert users.maestro(COLLEAGUE, "status", root).returncode == 0


def test_a_colleague_updates_and_cancels_it(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        done = users.maestro(COLLEAGUE, "update", root, "--throttle", "7")
        assert done.returncode == 0, done.stderr
        wait_until(lambda: users.status(root)["settings"]["throttle"] == 7, "the new limit")
        done = users.maestro(COLLEAGUE, "cancel", "-y", root)
        assert done.returncode == 0, done.stderr
        wait_until(lambda: users.status(root)["state"] == "CANCELLED", "its end")
    assert not (place / "OUT").exists()


def test_a_colleague_holds_releases_and_skips(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        done = users.maestro(COLLEAGUE, "hold", root, "after")
        assert done.returncode == 0, done.stderr
        told = users.maestro(COLLEAGUE, "why", root, "after").stdout
        assert "is held since" in told
        assert f"by {NAMES[COLLEAGUE]}" in told
        done = users.maestro(COLLEAGUE, "release", root, "after")
        assert done.returncode == 0, done.stderr
        done = users.maestro(COLLEAGUE, "skip", root, "wait")
        assert done.returncode == 1  # it runs
        assert "cancel" in done.stderr
        done = users.maestro(COLLEAGUE, "skip", root, "after")
        assert done.returncode == 0, done.stderr
        told = users.maestro(COLLEAGUE, "status", "--history", root).stdout
        for word in (
            "hold after",
            "release after",
            "skip after",
            NAMES[COLLEAGUE],
            "run by process",
        ):
            assert word in told, told
        (root / "wait/go").touch()
        wait_until(lambda: users.status(root)["state"] == "FINISHED", "its end")


def test_a_colleague_cancels_a_part(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        done = users.maestro(COLLEAGUE, "cancel", "-y", root, "--step", "after")
        assert done.returncode == 0, done.stderr
        assert users.status(root)["counts"] == {"RUNNING": 1, "CANCELLED": 1}


def test_a_request_that_was_refused_tells_whoever_looks(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        made = users.run(
            COLLEAGUE,
            "sh",
            "-c",
            f'echo \'{{"request": "dance"}}\' > {root}/.maestro/requests/a.json',
        )
        assert made.returncode == 0, made.stderr
        (root / ".maestro/requests/a.json").chmod(0o644)  # else its reader may not read it
        wait_until(lambda: (root / ".maestro/answers/a.json").exists(), "the answer")
        for user in (OWNER, COLLEAGUE):
            assert "one of resume, hold" in users.maestro(user, "status", root).stdout
            answer = users.run(user, "cat", root / ".maestro/answers/a.json").stdout
            assert json.loads(answer)["by"] == NAMES[COLLEAGUE]


def test_a_colleague_asks_for_steps_again(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        done = users.maestro(COLLEAGUE, "resume", root, "--throttle", "3")
        assert done.returncode == 0, done.stderr


def test_a_colleague_takes_nothing_away_and_starts_nothing(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        for name in ("wait", "status.csv", "meta", ".maestro"):
            assert users.run(COLLEAGUE, "mv", root / name, root / "gone").returncode != 0
        users.maestro(OWNER, "cancel", "-y", root)
        wait_until(lambda: users.status(root)["state"] == "CANCELLED", "its end")
        done = users.maestro(COLLEAGUE, "resume", root)
        assert done.returncode == 1
        assert f"you may not run {root}" in done.stderr
        assert f"it belongs to {NAMES[OWNER]}" in done.stderr


#: What each is asked of a study, in turn.
COMMANDS = [
    ["status", "OUT"],
    ["status", "--json", "OUT"],
    ["why", "OUT", "wait"],
    ["logs", "OUT"],
    ["logs", "OUT", "wait"],
    ["cancel", "-y", "OUT"],
    ["update", "OUT", "--throttle", "1"],
    ["resume", "OUT"],
    ["hold", "OUT"],
    ["release", "OUT", "wait"],
    ["skip", "OUT", "after"],
    ["amend", "-y", "OUT"],
    ["cancel", "-y", "OUT", "--step", "after"],
    ["status", "--history", "OUT"],
    ["graph", "OUT"],
    ["report", "OUT", "-o", "/dev/null"],
]


def check_refusals(users: Users, root: Path, user: int) -> None:
    """That each command says in one message whose folder it is, and what to ask for."""
    before = sorted(str(path) for path in root.rglob("*"))
    for words in COMMANDS:
        done = users.maestro(user, *[root if word == "OUT" else word for word in words])
        assert done.returncode == 1, (words, done.stderr)
        told = done.stderr
        if "--json" in words:
            error = json.loads(done.stdout)["error"]
            told = f"maestro: {error['message']}\n  {error['hint']}\n"
        else:
            assert done.stdout == ""
        assert told.startswith(f"maestro: you may not read {root}"), (words, told)
        assert f"it belongs to {NAMES[OWNER]}: ask for it" in told
        assert "--group-access" in told
        assert len(told.splitlines()) == 2, told
    assert sorted(str(path) for path in root.rglob("*")) == before


@pytest.mark.parametrize("user", [COLLEAGUE, STRANGER])
@pytest.mark.parametrize("mode", [0o755, 0o700])
@pytest.mark.parametrize("study", [running, ended])
def test_without_it_each_gets_one_refusal(
    users: Users, place: Path, user: int, mode: int, study: Study
) -> None:
    with study(users, place) as root:
        root.chmod(mode)
        state = users.status(root)["state"]
        check_refusals(users, root, user)
        assert users.status(root)["state"] == state


@pytest.mark.parametrize("study", [running, ended])
def test_a_stranger_gets_a_refusal_whatever_its_group_may(
    users: Users, place: Path, study: Study
) -> None:
    with study(users, place, "--group-access") as root:
        check_refusals(users, root, STRANGER)


def test_who_may_not_read_the_lock_takes_nobody_for_dead(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        (root / ".maestro/lock").chmod(0o600)
        assert users.status(root, COLLEAGUE)["state"] == "RUNNING"  # its heartbeat is fresh
        (root / ".maestro/conductor.msgpack").unlink()
        assert users.status(root, COLLEAGUE)["state"] == "UNKNOWN"
        done = users.maestro(COLLEAGUE, "status", root)
        assert done.returncode == 1
        assert "unknown (no access)" in done.stdout
        assert "died" not in done.stdout


def test_steps_and_logs_are_open_whatever_the_umask(users: Users, place: Path) -> None:
    with running(users, place, "--group-access") as root:
        assert closed_to_group(root) == []
        open_to_others = [
            str(path.relative_to(root))
            for path in ([root, *root.rglob("*")] if users.umask == "077" else [root / ".maestro"])
            if path.stat().st_mode & 0o007 and path.name != "study.yaml"  # keeps its own mode
        ]
        assert open_to_others == []
        outside = [path for path in root.rglob("*") if path.stat().st_gid != GROUP]
        assert outside == []
