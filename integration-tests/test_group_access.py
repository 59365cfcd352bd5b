"""Three users: who made the study, a colleague of the same group, and a stranger."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import debian
from waiting import wait_until

pytestmark = pytest.mark.once

OWNER, COLLEAGUE, STRANGER = 64001, 64002, 64003
GROUP = 64100
#: The accounts of these users; others have no name.
NAMES = {OWNER: "maestro-owner", COLLEAGUE: "maestro-colleague"}

STUDY = """\
description: {name: shared, description: waits to be told}
study:
  - name: wait
    description: runs until it may end
    run: {cmd: "echo here; until [ -e go ]; do sleep 0.1; done"}
  - name: after
    description: after it
    run: {cmd: "echo done", depends: [wait]}
"""


@contextlib.contextmanager
def accounts() -> Iterator[None]:
    """Two accounts in one group; where they cannot be made, the tests fail."""
    debian.need("useradd", "passwd")
    debian.need("setpriv", "util-linux")
    made = [["groupadd", "--gid", GROUP, "maestro-team"]]
    made += [
        ["useradd", "--no-create-home", "--home-dir", "/", "--uid", user, "--gid", GROUP, name]
        for user, name in NAMES.items()
    ]
    removed = [["userdel", name] for name in NAMES.values()] + [["groupdel", "maestro-team"]]
    try:
        for words in made:
            subprocess.run([str(word) for word in words], check=True)
        yield
    finally:
        for words in removed:
            subprocess.run(words, check=False, capture_output=True)


class Users:
    """Commands of maestro as other users, who cannot look into the home of this one.

    Python and what it imports are mounted where all can read them.
    """

    def __init__(self, folder: Path) -> None:
        self.umask = "077"
        self.mounted: list[Path] = []
        self._folder = folder
        self._python = self._mount(sys.base_prefix) / Path(sys.executable).resolve().relative_to(
            sys.base_prefix
        )
        paths = [path for path in sys.path if Path(path, "..").exists() and Path(path).is_dir()]
        self._path = ":".join(str(self._mount(path)) for path in paths)

    def _mount(self, source: str) -> Path:
        target = self._folder / str(len(self.mounted))
        target.mkdir()
        subprocess.run(["mount", "--bind", source, target], check=True)
        self.mounted.append(target)
        return target

    def close(self) -> None:
        for target in self.mounted:
            subprocess.run(["umount", "-l", target], check=True)

    def run(self, user: int, *words: object) -> subprocess.CompletedProcess[str]:
        """A command, with the umask of that moment."""
        group = GROUP if user != STRANGER else user
        switch = ["setpriv", f"--reuid={user}", f"--regid={user}", f"--groups={group}"]
        shell = ["sh", "-c", f'umask {self.umask}; exec "$@"', "sh"]
        return subprocess.run(
            [*switch, *shell, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={
                "PATH": os.environ["PATH"],
                "HOME": "/",
                "PYTHONPATH": self._path,
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )

    def maestro(self, user: int, *words: object) -> subprocess.CompletedProcess[str]:
        return self.run(user, self._python, "-m", "maestro_cli", *words)

    def status(self, root: Path, user: int = OWNER) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            self.maestro(user, "status", "--json", "--summary", root).stdout
        )
        return found


@pytest.fixture(scope="module")
def everybody() -> Iterator[Users]:
    with accounts(), tempfile.TemporaryDirectory(prefix="maestro-python-") as name:
        Path(name).chmod(0o755)
        users = Users(Path(name))
        try:
            yield users
        finally:
            users.close()


@pytest.fixture(params=["077", "022"])
def users(request: pytest.FixtureRequest, everybody: Users) -> Users:
    """All of them keep everything to themselves, or all let others read."""
    everybody.umask = request.param
    return everybody


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in which the owner makes studies, with the group of both."""
    with tempfile.TemporaryDirectory(prefix="maestro-shared-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        inner = folder / "project"
        inner.mkdir()
        os.chown(inner, OWNER, GROUP)
        inner.chmod(0o2755)
        (inner / "study.yaml").write_text(STUDY, encoding="utf-8")
        yield inner


#: Makes a study of the owner's, with options of `maestro run`.
Study = Callable[..., contextlib.AbstractContextManager[Path]]


@contextlib.contextmanager
def running(users: Users, place: Path, *options: str) -> Iterator[Path]:
    root = place / "OUT"
    made = users.maestro(OWNER, "run", "-y", *options, "-o", root, place / "study.yaml")
    assert made.returncode == 0, made.stderr
    try:
        wait_until(lambda: any(root.glob("wait/*.out")), "the first step")
        yield root
    finally:
        (root / "wait/go").touch()
        wait_until(lambda: users.status(root)["state"] != "RUNNING", "its end")
        shutil.rmtree(root)


@contextlib.contextmanager
def ended(users: Users, place: Path, *options: str) -> Iterator[Path]:
    root = place / "OUT"
    (place / "failing.yaml").write_text(
        STUDY.replace("echo here;", "echo here; exit 4;"), encoding="utf-8"
    )
    made = users.maestro(OWNER, "run", "-fg", "-y", *options, "-o", root, place / "failing.yaml")
    assert made.returncode == 2, made.stderr
    yield root
    shutil.rmtree(root)


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
        closed = [
            str(path.relative_to(root))
            for path in root.rglob("*")
            if not path.stat().st_mode & 0o040 and path.name != "environment.yaml"
        ]
        assert closed == []
        open_to_others = [
            str(path.relative_to(root))
            for path in ([root, *root.rglob("*")] if users.umask == "077" else [root / ".maestro"])
            if path.stat().st_mode & 0o007 and path.name != "study.yaml"  # keeps its own mode
        ]
        assert open_to_others == []
        outside = [path for path in root.rglob("*") if path.stat().st_gid != GROUP]
        assert outside == []
