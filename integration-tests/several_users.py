"""Studies of one user, and commands of others: one of the same group, and a stranger."""

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


def closed_to_group(root: Path) -> list[str]:
    """What the group may not read."""
    return [
        str(path.relative_to(root))
        for path in root.rglob("*")
        if not path.stat().st_mode & 0o040 and path.name != "environment.yaml"
    ]
