"""A real terminal (tmux) with a shell in it, and a study to look at."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

import debian
from conftest import Maestro
from local_studies import PATIENT
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

C_C = "C-c"


class Screen:
    """A terminal of its own, with a shell in it."""

    def __init__(self, folder: Path, columns: int, lines: int) -> None:
        self._number = 0
        self._socket = f"maestro-test-{uuid.uuid4().hex[:12]}"
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", str(columns), "-y", str(lines),
                   "-c", str(folder), "env", "-u", "COLUMNS", "-u", "LINES", "PS1=$ ", "sh")  # fmt: skip
        binaries = Path(sys.executable).parent
        self.type(f"export PATH={binaries}:$PATH LANG=C.UTF-8 PAGER=less; unset NO_COLOR; clear")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    def type(self, text: str, *, enter: bool = True) -> None:
        self._tmux("send-keys", "-l", text)
        if enter:
            self.press("Enter")

    def press(self, key: str) -> None:
        self._tmux("send-keys", key)

    def text(self) -> str:
        """What is on the screen; lines that the terminal broke are whole."""
        return self._tmux("capture-pane", "-p", "-J")

    def coloured(self) -> str:
        return self._tmux("capture-pane", "-p", "-J", "-e")

    def wait_for(self, pattern: str) -> None:
        try:
            wait_until(lambda: re.search(pattern, self.text(), re.MULTILINE))
        except AssertionError:
            raise AssertionError(f"no {pattern!r} on\n{self.text()}") from None

    def flag(self, name: str) -> str:
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def run(self, command: str) -> None:
        self._number += 1
        self._tmux("send-keys", "-R")  # what is on the screen is gone before the command is there
        self.type(f'{command}; echo "[{self._number}: $?]"')

    def wait_for_end(self, code: int) -> None:
        self.wait_for(rf"\[{self._number}: {code}\]")

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    """What the tests need of Debian."""
    debian.need("tmux", "tmux")
    debian.need("less", "less")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    made = Screen(tmp_path, 100, 30)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def study(tmp_path: Path, maestro: Maestro) -> Iterator[Path]:
    path = tmp_path / "study.yaml"
    path.write_text(PATIENT, encoding="utf-8")
    yield path
    (tmp_path / "go").touch()
    for graph in tmp_path.rglob(".maestro/graph.msgpack"):
        root = graph.parent.parent
        if holder(root):
            maestro("cancel", "-y", root)
            wait_until(lambda root=root: not holder(root))


def state(maestro: Maestro, root: Path) -> str:
    return str(json.loads(maestro("status", "--json", "--summary", root).stdout)["state"])
