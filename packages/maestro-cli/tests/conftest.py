"""Workspaces for the tests: made by ``maestro run -n``, with a history written into the journal."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.testing import T0, attempt, write_history
from maestro_conductor.model import records

STUDY = """\
description: {name: chain, description: three links}
study:
  - name: make
    description: makes
    run: {cmd: "true $(N)"}
  - name: post
    description: after it
    run: {cmd: "true", depends: [make]}
  - name: collect
    description: all of it
    run: {cmd: "true", depends: [post_*]}
global.parameters:
  N: {values: [1, 2, "x;y:z"], label: N.%%}
"""

QUICK = """\
description: {name: quick, description: ends at once}
study:
  - {name: only, description: one step, run: {cmd: "true"}}
"""

History = Callable[[Sequence[records.Record]], Path]


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No colours, a fixed width, UTC, and a folder of the test's own."""
    for name in ("FORCE_COLOR", "NO_COLOR", "PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.chdir(tmp_path)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A study that was made and never started."""
    (tmp_path / "chain.yaml").write_text(STUDY, encoding="utf-8")
    assert app.main(["--no-logstdout", "run", "-n", "-o", "OUT", "chain.yaml"]) == 0
    return tmp_path / "OUT"


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A study of one step that takes no time; it was never started."""
    (tmp_path / "quick.yaml").write_text(QUICK, encoding="utf-8")
    assert app.main(["--no-logstdout", "run", "-n", "-o", "QUICK", "quick.yaml"]) == 0
    return tmp_path / "QUICK"


@pytest.fixture
def history(staged: Path) -> History:
    """Return what gives the study a past."""
    return partial(write_history, staged)


@pytest.fixture
def failed(history: History) -> Path:
    """`make_N.2` failed, what needs it could not run, the rest has finished."""
    past = [
        *attempt(0, "FINISHED", 0),
        *attempt(1, "FAILED", 7),
        *attempt(2, "FINISHED", 0),
        *attempt(3, "FINISHED", 0),
        *attempt(5, "FINISHED", 0),
        records.state(
            T0 + 91_500,
            [
                [4, 0, "FAILED", T0 + 91_500, None, "after make_N.2 failed"],
                [6, 0, "FAILED", T0 + 91_500, None, "after make_N.2 failed"],
            ],
        ),
        records.ended(T0 + 96_000, "FAILED", 2),
        records.closed(T0 + 96_000, "ended"),
    ]
    root = history(past)
    folder = root / "make/N.2"
    folder.mkdir(parents=True)
    (folder / "make_N.2.1001.err").write_bytes(b"first\n\x1b[31mno luck\x1b[0m\n")
    (folder / "make_N.2.1001.out").write_bytes(b"begun\n")
    return root


@pytest.fixture(scope="session")
def commands_page() -> str:
    """The text of docs/commands.md."""
    return (Path(__file__).parents[3] / "docs/commands.md").read_text(encoding="utf-8")


@pytest.fixture
def documented(commands_page: str) -> Callable[[str], dict[str, str]]:
    """What returns the fields in the tables of a section of docs/commands.md: name → meaning."""

    def fields(title: str) -> dict[str, str]:
        section = commands_page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        found = {}
        for line in section.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            names = re.findall(r"`([a-z_]+)(?: -y)?`", cells[0])
            if line.startswith("| `"):
                found.update(dict.fromkeys(names, " | ".join(cells[1:])))
        return found

    return fields
