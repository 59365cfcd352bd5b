"""Studies that run on this machine's cores, and what tests ask of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest

from conftest import Maestro
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

HELLO = """\
description: {name: hello world, description: says hello}
env:
  variables: {OUTPUT_PATH: ./studies, WORD: hello}
study:
  - name: say
    description: say it
    run: {cmd: "echo $(WORD) $(NAME) > said.txt"}
  - name: collect
    description: all of it
    run: {cmd: "cat ../say/*/said.txt", depends: [say_*]}
global.parameters:
  NAME: {values: [Pam, Jim], label: NAME.%%}
"""

FAILING = """\
description: {name: failing, description: one of three fails}
study:
  - name: work
    description: works
    run:
      cmd: |
        echo at work on $(N)
        test $(N) != 2 || { echo "no luck with $(N)" >&2; exit 7; }
  - name: post
    description: after it
    run: {cmd: "true", depends: [work]}
global.parameters:
  N: {values: [1, 2, 3], label: N.%%}
"""

#: Each of its instances waits for the file `go` beside the study.
PATIENT = """\
description: {name: patient, description: "waits until a file appears, at most 60 s"}
study:
  - name: wait
    description: waits
    run:
      cmd: |
        : $(N)
        for i in $(seq 600); do test -e $(SPECROOT)/go && exit 0; sleep 0.1; done
        exit 1
global.parameters:
  N: {values: [1, 2, 3], label: N.%%}
"""

#: The same, and a step behind it.
WAITING = PATIENT.replace("name: patient", "name: waiting").replace(
    "global.parameters:",
    """\
  - name: after
    description: comes after
    run: {cmd: "true", depends: [wait_*]}
global.parameters:""",
)


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    return write(tmp_path / "hello.yaml", HELLO)


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    return write(tmp_path / "failing.yaml", FAILING)


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    return write(tmp_path / "waiting.yaml", WAITING)


@pytest.fixture(autouse=True)
def no_conductor_stays(tmp_path: Path, maestro: Maestro) -> Iterator[None]:
    yield
    (tmp_path / "go").touch()
    for graph in tmp_path.rglob(".maestro/graph.msgpack"):
        root = graph.parent.parent
        if holder(root):
            maestro("cancel", "-y", root)
            wait_until(lambda root=root: not holder(root))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def status(maestro: Maestro, root: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(maestro("status", "--json", root).stdout)
    conductor = found["conductor"]
    found["conductor_alive"] = isinstance(conductor, dict) and conductor["alive"]
    return found


def steps(maestro: Maestro, root: Path) -> dict[str, dict[str, object]]:
    found = json.loads(maestro("status", "--json", root).stdout)
    return {step["name"]: step for step in found["steps"]}


def run_record(root: Path) -> dict[str, object]:
    record: dict[str, object] = msgpack.unpackb((root / ".maestro/run.msgpack").read_bytes())
    return record


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def maestro_path() -> Path:
    return Path(sys.executable).with_name("maestro")
