"""maestrowf's own command line as a client of our workspaces, and ours as a reader of its."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import WAITING
from maestro_conductor.workspace.conductor_lock import holder
from oracle import oracle_python
from waiting import wait_until

pytestmark = pytest.mark.once

#: Settings that it knows nothing of.
OURS = {"local_slots": None, "batch": {}}

Oracle = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def oracle(tmp_path: Path) -> Oracle:
    """The `maestro` of maestrowf 1.2.1, from an environment of its own."""
    script = oracle_python().with_name("maestro")

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script, *arguments],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "250"},
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def live(tmp_path: Path, maestro: Maestro) -> Iterator[Path]:
    """A study that runs."""
    (tmp_path / "study.yaml").write_text(WAITING, encoding="utf-8")
    assert maestro("run", "-y", "-t", "1", "-o", "OUT", "study.yaml").returncode == 0
    root = tmp_path / "OUT"
    wait_until(lambda: (root / "status.csv").exists())
    yield root
    (tmp_path / "go").touch()
    maestro("cancel", "-y", root)
    wait_until(lambda: not holder(root))


def ours(maestro: Maestro, root: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(maestro("status", "--json", root).stdout)
    return found


@pytest.mark.parametrize("layout", ["flat", "legacy", "narrow"])
def test_its_status_shows_our_study(live: Path, oracle: Oracle, layout: str) -> None:
    wait_until(lambda: "RUNNING" in (live / "status.csv").read_text())
    done = oracle("status", "--disable-pager", "--layout", layout, "OUT")
    assert done.returncode == 0, done.stderr
    squeezed = "".join(done.stdout.replace("│", " ").replace("┃", " ").split())
    for word in ("wait_N.1" if layout != "flat" else "wait_", "RUNNING"[:4]):
        assert word in squeezed


def test_its_cancel_stops_our_study(live: Path, maestro: Maestro, oracle: Oracle) -> None:
    assert oracle("cancel", "-y", "OUT").returncode == 0
    wait_until(lambda: ours(maestro, live)["state"] == "CANCELLED")
    assert ours(maestro, live)["counts"] == {"CANCELLED": 4}


def test_its_update_changes_our_study(live: Path, maestro: Maestro, oracle: Oracle) -> None:
    oracle("update", "--throttle", "2", "--rlimit", "7", "--sleep", "9", "OUT")
    expected = {"throttle": 2, "rlimit": 7, "attempts": 1, "sleep": 9, **OURS}
    wait_until(lambda: ours(maestro, live)["settings"] == expected)
    assert not (live / ".study.update.lock").exists()


def test_its_update_with_one_value_leaves_the_others(
    live: Path, maestro: Maestro, oracle: Oracle
) -> None:
    oracle("update", "--rlimit", "5", "OUT")
    expected = {"throttle": 1, "rlimit": 5, "attempts": 1, "sleep": 60, **OURS}
    wait_until(lambda: ours(maestro, live)["settings"] == expected)


def test_its_interactive_update(live: Path, maestro: Maestro, oracle: Oracle) -> None:
    oracle("update", "OUT", typed="throttle\n3\ndone\n")
    wait_until(lambda: ours(maestro, live)["settings"]["throttle"] == 3)


#: A study of which one instance fails until there is a file `luck` beside it.
UNLUCKY = """\
description: {name: unlucky, description: one of two fails}
study:
  - name: work
    description: works
    run: {cmd: "test $(N) != 2 || test -e $(SPECROOT)/luck"}
  - name: post
    description: after it
    run: {cmd: "true", depends: [work]}
global.parameters:
  N: {values: [1, 2], label: N.%%}
"""


@pytest.fixture(params=["FINISHED", "FAILED"])
def over(request: pytest.FixtureRequest, tmp_path: Path, maestro: Maestro) -> tuple[Path, str]:
    """A study that has ended, and as what."""
    (tmp_path / "study.yaml").write_text(UNLUCKY, encoding="utf-8")
    if request.param == "FINISHED":
        (tmp_path / "luck").touch()
    maestro("run", "-fg", "-y", "-o", "OUT", "study.yaml")
    root = tmp_path / "OUT"
    assert ours(maestro, root)["state"] == request.param
    return root, request.param


@pytest.mark.parametrize("layout", ["flat", "legacy", "narrow"])
def test_its_status_shows_a_study_that_has_ended(
    over: tuple[Path, str], oracle: Oracle, layout: str
) -> None:
    done = oracle("status", "--disable-pager", "--layout", layout, "OUT")
    assert done.returncode == 0, done.stderr
    assert ("FAILED" in done.stdout) == (over[1] == "FAILED")
    assert "FINISHED" in done.stdout


def test_its_cancel_and_update_of_a_study_that_has_ended_wait(
    over: tuple[Path, str], maestro: Maestro, oracle: Oracle
) -> None:
    """They change nothing of what it came to; who resumes it later means it to run."""
    root, state = over
    assert oracle("cancel", "-y", "OUT").returncode == 0
    oracle("update", "--throttle", "2", "--rlimit", "7", "--sleep", "9", "OUT")
    assert ours(maestro, root)["state"] == state
    (root.parent / "luck").touch()
    assert maestro("resume", "-fg", "--step", "work", "--", root).returncode == 0
    found = ours(maestro, root)
    assert (found["state"], found["counts"]) == ("FINISHED", {"FINISHED": 4})
    assert found["settings"] == {"throttle": 2, "rlimit": 7, "attempts": 1, "sleep": 9, **OURS}
    assert not {".cancel.lock", ".study.update.lock"} & {path.name for path in root.iterdir()}


def test_the_layouts_show_the_same(
    tmp_path: Path, samples: Path, maestro: Maestro, oracle: Oracle
) -> None:
    maestro("run", "-fg", "-y", "-o", "OUT", samples / "hello_bye_parameterized.yaml")

    def theirs(layout: str) -> str:
        options = ["--disable-theme", "--disable-pager", "--layout", layout]
        return oracle("status", *options, "OUT").stdout

    def ours(layout: str) -> str:
        return maestro("status", "--layout", layout, "OUT", env={"COLUMNS": "250"}).stdout

    assert ours("legacy") == theirs("legacy")
    # But for the place of the title, and blanks at the ends of lines.
    assert stripped(ours("flat")) == stripped(theirs("flat"))
    assert words(ours("narrow")) == words(theirs("narrow"))


def stripped(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def words(text: str) -> set[str]:
    return set(text.replace("─", " ").replace("━", " ").split())


@pytest.fixture
def upstream_study(tmp_path: Path, oracle: Oracle) -> Path:
    """A workspace that maestrowf itself made."""
    text = WAITING.replace("for i in $(seq 600)", "for i in 1")
    (tmp_path / "theirs.yaml").write_text(text.replace("exit 1", "exit 0"), encoding="utf-8")
    done = oracle("run", "-fg", "-y", "-s", "1", "--dry", "-o", "THEIRS", "theirs.yaml")
    assert (tmp_path / "THEIRS" / "status.csv").exists(), done.stderr
    return tmp_path / "THEIRS"


def test_our_status_reads_a_study_of_maestrowf(upstream_study: Path, maestro: Maestro) -> None:
    wide = {"COLUMNS": "250"}
    done = maestro("status", upstream_study, env=wide)
    assert done.returncode == 0, done.stderr
    with (upstream_study / "status.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    for layout in ("flat", "legacy", "narrow"):
        shown = maestro("status", "--layout", layout, upstream_study, env=wide).stdout
        for row in rows:
            assert row["Step Name"] in shown
            assert row["State"] in shown
    found = csv.DictReader(io.StringIO(maestro("status", "--csv", upstream_study).stdout))
    assert [row["Params"] for row in found] == [row["Params"] for row in rows]


@pytest.mark.parametrize(
    "words",
    [
        ["cancel", "-y"],
        ["update", "--rlimit", "3"],
        ["resume"],
        ["why"],
        ["logs"],
        ["status", "--json"],
    ],
)
def test_what_cannot_work_on_it_refuses_it_by_name(
    upstream_study: Path, maestro: Maestro, words: list[str]
) -> None:
    before = sorted(path.name for path in upstream_study.iterdir())
    done = maestro(*words, upstream_study, *(["step"] if words == ["why"] else []))
    assert done.returncode == 1
    assert "maestrowf 1.x" in done.stderr + done.stdout
    assert sorted(path.name for path in upstream_study.iterdir()) == before


def test_run_never_replaces_it(upstream_study: Path, tmp_path: Path, maestro: Maestro) -> None:
    done = maestro("run", "-y", "-o", upstream_study, tmp_path / "theirs.yaml")
    assert done.returncode == 1
    assert "maestrowf 1.x" in done.stderr
    assert (upstream_study / "status.csv").exists()
