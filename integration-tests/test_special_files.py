"""Something else in the place of a file of ours: never a hang, never much memory, one message."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from faults.crash_tools import COUNT, conductor, ends, run_to_the_end
from maestro_cli import app
from maestro_conductor.app import command as conductor_cli
from maestro_conductor.journal import read_state
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.conductor_lock import last_holder
from waiting import wait_until

pytestmark = pytest.mark.once

STUDY = """\
description: {name: small, description: two steps}
study:
  - name: make
    description: makes
    run: {cmd: "echo $(N) > made"}
  - name: post
    description: after it
    run: {cmd: "cat $(make.workspace)/made", depends: [make]}
global.parameters:
  N: {values: [1, 2], label: N.%%}
"""


def fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = os.open(path.parent, os.O_RDONLY)  # a socket's path may not be long
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100_000_000)


def link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


KINDS: dict[str, Callable[[Path], None]] = {
    "fifo": fifo,
    "socket": a_socket,
    "zeros": link_to("/dev/zero"),
    "full": link_to("/dev/full"),
    "folder": Path.mkdir,
    "large": large,
    "dangling": link_to("nowhere"),
    "loop": link_to("loop"),
}

#: Without these there is no study.
NEEDED = [".maestro/graph.msgpack", ".maestro/run.msgpack", ".maestro/journal.msgpack"]
#: These ask for something.
REQUESTS = [".study.update.lock", ".maestro/requests/a.json", ".maestro/claimed/a.json.1.1"]
#: These only inform.
OTHERS = [
    ".maestro/conductor.msgpack",
    ".maestro/spec.msgpack",
    ".maestro/parameters.msgpack",
    ".status.lock",
    "status.csv",
    "logs/small.log",
    "make/N.1/.attempt.1",
    "post/N.2/.attempt.1",
    "meta/study.yaml",
]
FILES = [*NEEDED, ".maestro/lock", *REQUESTS, *OTHERS]

#: What is called; each ends with 0, as if nothing were, or with 1.
COMMANDS = [
    ["maestro", "status", "--json", "OUT"],
    ["maestro", "logs", "OUT", "-n", "5"],
    ["maestro", "resume", "-fg", "OUT"],
]
MORE_COMMANDS = [
    ["maestro", "status", "OUT"],
    ["maestro", "why", "OUT", "make_N.1"],
    ["maestro", "logs", "OUT", "post"],
    ["maestro", "graph", "OUT"],
    ["maestro", "report", "OUT", "-o", "/dev/null"],
    ["maestro", "update", "OUT", "--throttle", "2"],
    ["maestro", "cancel", "-y", "OUT"],
    ["conductor", "OUT", "--no-logstdout"],
]


class HungError(BaseException):
    """It waited; no handler of ours takes this for an error of its own."""


@contextlib.contextmanager
def patience() -> Iterator[None]:
    def hung(_number: int, _frame: FrameType | None) -> None:
        raise HungError

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(30)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that has ended."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.yaml").write_text(STUDY, encoding="utf-8")
    words = ["--no-logstdout", "run", "-fg", "-y", "-o", str(folder / "OUT")]
    assert app.main([*words, str(folder / "small.yaml")]) == 0
    return folder / "OUT"


def called(words: list[str], root: Path) -> int:
    command, *arguments = [str(root) if word == "OUT" else word for word in words]
    main = app.main if command == "maestro" else conductor_cli.main
    try:
        return main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


def spoiled(finished: Path, folder: Path, name: str, kind: str) -> Path:
    """A copy of the study with something else in the place of a file."""
    root = folder / "OUT"
    shutil.copytree(finished, root)
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    KINDS[kind](path)
    return root


def trouble(words: list[str], root: Path, capfd: pytest.CaptureFixture[str]) -> str | None:
    """What a command did that it should not; None: nothing."""
    tracemalloc.start()
    try:
        with patience():
            code = called(words, root)
        peak = tracemalloc.get_traced_memory()[1]
    except HungError:
        return "it waits"
    finally:
        tracemalloc.stop()
        told = "".join(capfd.readouterr())
    if code not in (0, 1) or "Traceback" in told or "internal error" in told:
        return f"{code}: {told[-500:]}"
    if code == 1 and root.name not in told:
        return f"it says nothing of the place: {told[-500:]}"
    return f"{peak} bytes" if peak > 50e6 else None


@pytest.mark.parametrize("more", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FILES)
def test_no_hang_no_memory_one_message(
    finished: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    name: str,
    kind: str,
    more: bool,
) -> None:
    for words in MORE_COMMANDS if more else COMMANDS:
        root = spoiled(finished, tmp_path, name, kind)
        assert trouble(words, root, capfd) is None, words
        shutil.rmtree(root)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OTHERS)
def test_what_only_informs_stops_nobody(
    finished: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, kind: str
) -> None:
    root = spoiled(finished, tmp_path, name, kind)
    with patience():
        assert called(["maestro", "status", "--json", "OUT"], root) == 0
    assert '"FINISHED": 4' in capfd.readouterr().out


@pytest.mark.parametrize("kind", ["fifo", "zeros", "full", "folder"])
@pytest.mark.parametrize("name", NEEDED)
def test_the_message_says_what_stands_there(
    finished: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, kind: str
) -> None:
    root = spoiled(finished, tmp_path, name, kind)
    with patience():
        assert called(["conductor", "OUT"], root) == 1
    told = capfd.readouterr().err
    what = {"fifo": "a named pipe", "folder": "a folder"}.get(kind, "a link")
    assert re.fullmatch(
        f"conductor: {re.escape(str(root / name))} cannot be (read|opened): "
        f"it is {what}, not a file\n",
        told,
    )


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "large"])
@pytest.mark.parametrize("words", [["status"], ["why", "make_N.1"], ["logs"], ["cancel", "-y"]])
def test_what_stands_in_the_place_of_the_graph_is_named(
    finished: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, words: list[str]
) -> None:
    root = spoiled(finished, tmp_path, NEEDED[0], kind)
    word, *options = words
    with patience():
        assert called(["maestro", word, "OUT", *options], root) == 1
    told = capfd.readouterr().err
    what = {"fifo": "a named pipe", "folder": "a folder", "socket": "a socket"}.get(kind, "a link")
    assert told.startswith(f"maestro: {root / NEEDED[0]} cannot be read: it is {what}, not a file")


#: What may be a link to the very same thing, elsewhere.
LINKED = [
    *FILES, ".cancel.lock", ".maestro", ".maestro/requests", ".maestro/claimed", ".maestro/answers", "logs", "make", "make/N.1", "post/N.2", "small.txt",
    "make/N.1/make_N.1.sh",
]  # fmt: skip


def all_below(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with the moment of its last change, and its content."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [folder, *folder.rglob("*")]
    }


@pytest.mark.parametrize("name", LINKED)
def test_nothing_is_written_where_a_link_leads_out(
    finished: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    """The same files, at another place: who followed the link would find all in order."""
    for words in [
        ["maestro", "resume", "-fg", "OUT", "--step", "make"],
        ["maestro", "cancel", "-y", "OUT"],
        ["maestro", "update", "OUT", "--throttle", "2"],
        ["maestro", "logs", "OUT"],
        ["maestro", "logs", "OUT", "make_N.1"],
        ["maestro", "status", "OUT"],
    ]:
        root, elsewhere = tmp_path / "OUT", tmp_path / "elsewhere"
        shutil.copytree(finished, root)
        elsewhere.mkdir()
        path = root / name
        path.parent.mkdir(exist_ok=True)
        if name in (".maestro/claimed", ".maestro/answers"):
            path.mkdir(exist_ok=True)
            (path / ".a.tmp").touch()
        if not path.exists():
            path.write_text(json.dumps({"request": "resume", "steps": None}))
        path.rename(elsewhere / "it")
        path.symlink_to(elsewhere / "it")
        before = all_below(elsewhere)
        with patience():
            code = called(words, root)
        told = "".join(capfd.readouterr())
        assert all_below(elsewhere) == before, (words, told)
        assert code in (0, 1, 2)
        assert "Traceback" not in told
        assert "internal" not in told
        shutil.rmtree(root)
        shutil.rmtree(elsewhere)


@pytest.mark.parametrize("instead", ["mkfifo", "ln -s /dev/zero", "ln -s /dev/full", "mkdir", ":"])
def test_a_step_that_replaces_files_of_its_study(tmp_path: Path, instead: str) -> None:
    """The journal is whole again at the end; what only informs is made anew."""
    maestro = tmp_path / "w/.maestro"
    names = ["journal.msgpack", "conductor.msgpack"]
    swap = "".join(f"rm {maestro}/{name}; {instead} {maestro}/{name}; " for name in names)
    own = f"rm .attempt.1; {instead} .attempt.1; "
    root = make_workspace(
        tmp_path / "w",
        [StepPlan("a", [swap + own + "exit 3", own]), StepPlan("b", [COUNT], funnels=["a"])],
        batch={"local_slots": 1},
    )
    with patience():
        code = run_to_the_end(root)
    if instead == "mkdir":  # a folder cannot be replaced by a file
        assert code == 2
        return
    assert code == 2
    assert ends(root) == {"a_N.0": "FAILED", "a_N.1": "FINISHED", "b": "FAILED"}
    assert read_state(root)[1].closed == "ended"
    assert last_holder(root) is not None
    assert run_to_the_end(root) == 2  # nothing to do
    assert (root / "b/count").exists() is False


def test_requests_that_are_no_files_are_put_aside(finished: Path, tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "w", [StepPlan("a", ["until [ -e go ]; do sleep 0.1; done"])])
    folder = root / ".maestro/requests"
    folder.mkdir()
    for kind, make in KINDS.items():
        make(folder / f"{kind}.json")
    with subprocess.Popen(conductor(root)) as process:
        wait_until(lambda: not any(folder.iterdir()), "that they are claimed")
        claimed = root / ".maestro/claimed"
        wait_until(lambda: all(path.suffix == ".bad" for path in claimed.iterdir()))
        assert len(list(claimed.iterdir())) == len(KINDS)
        (root / "a/go").touch()
        assert process.wait(30) == 0


def test_the_three_copies_are_one(repository: Path) -> None:
    """The libraries never import each other, and mean the same by a file."""
    found = list((repository / "packages").glob("*/src/**/regular_files.py"))
    assert len(found) == 3
    assert len({path.read_text() for path in found}) == 1
