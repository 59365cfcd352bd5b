"""A conductor on another host, which sees what is written here only when its caches let it.

The other host is a host name of its own, and a mount by sshfs that needs no network. For up to
`CACHE` s, the mount believes what it knows of a file's attributes, of a folder's list and of names
that were absent; and locks do not reach through it.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import debian
from conftest import Maestro
from faults.crash_tools import COUNT, conductor, ends, run_to_the_end, runs
from local_studies import maestro_path, status
from maestro_conductor.journal import JournalReader, read_state
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.conductor_lock import holder, last_holder
from waiting import wait_until

pytestmark = pytest.mark.once

#: s for which the mount may be behind where a test waits for it, and where none does.
CACHE, LONG = 3, 100
#: s within which a request is noticed once it can be seen.
NOTICE = 1

SERVER = "/usr/lib/openssh/sftp-server"
HOST = "elsewhere"


@attrs.frozen
class Folder:
    """One folder, as this host has it and as the other one sees it."""

    here: Path
    there: Path


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Folder]:
    """A folder of which the other host believes what it knows for `CACHE` s, or the parameter's."""
    debian.need("sshfs", "sshfs")
    debian.need(SERVER, "openssh-sftp-server")
    connect = tmp_path / "connect"
    connect.write_text(f"#!/bin/sh\nexec {SERVER}\n")
    connect.chmod(0o755)
    made = Folder(tmp_path / "here", tmp_path / "there")
    made.here.mkdir()
    made.there.mkdir()
    cache = getattr(request, "param", CACHE)
    options = [
        f"ssh_command={connect}",
        f"dcache_timeout={cache - 1}",  # in whole seconds: up to one more, see sshfs's cache.c
        f"negative_timeout={cache}",
        "entry_timeout=0,attr_timeout=0",
    ]
    mount = ["sshfs", "-o", ",".join(options), f"server:{made.here}", str(made.there)]
    subprocess.run(mount, check=True)
    try:
        yield made
    finally:
        subprocess.run(["umount", "-l", made.there], check=True)


@contextlib.contextmanager
def conducted(root: Path) -> Iterator[subprocess.Popen[str]]:
    """A conductor on the other host; its steps end with it where a test fails."""
    run = conductor(root, "--local-steps", "stop")
    command = ["unshare", "--uts", "sh", "-c", f'hostname {HOST} && exec "$@"', "sh", *run]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def events(root: Path) -> list[dict[str, Any]]:
    """The log, without a last line that is being written."""
    whole = (root / "logs/study.log").read_text().rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def told(root: Path, **wanted: object) -> bool:
    return any(wanted.items() <= line.items() for line in events(root))


def check_notice(root: Path, request: str, noticed: Callable[[], bool]) -> None:
    """Wait for a request, and for what it brings: that may not take longer than it may."""
    wait_until(lambda: noticed() or any(root.glob(request)))
    wait_until(noticed, CACHE + NOTICE)


def ask(*arguments: object) -> subprocess.Popen[bytes]:
    """`maestro` on this host. It waits for an answer, and meanwhile we look."""
    return subprocess.Popen([maestro_path(), *map(str, arguments)], stdin=subprocess.DEVNULL)


def test_the_other_host_is_behind(folder):
    here, there = folder.here, folder.there
    (here / "file").touch()
    assert not (there / "name").exists()
    assert [path.name for path in there.iterdir()] == ["file"]
    assert (there / "file").stat().st_size == 0

    (here / "name").touch()
    (here / "file").write_text("more")
    assert not (there / "name").exists()
    assert [path.name for path in there.iterdir()] == ["file"]
    assert (there / "file").stat().st_size == 0

    wait_until(
        lambda: (
            (there / "name").exists()
            and len(list(there.iterdir())) == 2
            and (there / "file").stat().st_size == 4
        ),
        CACHE + 0.5,
    )


def test_requests_from_here_reach_a_conductor_there(folder, maestro):
    there = make_workspace(
        folder.there / "w",
        [
            StepPlan("bad", [COUNT + "exit 5"]),
            StepPlan("long", [COUNT + "sleep 100"] * 2),
        ],
        batch={"local_slots": 4},
        run={"throttle": 1},
    )
    here = folder.here / "w"
    with conducted(there) as process:
        wait_until((here / "long/N.0/count").exists)
        check_hold(maestro, here, process.pid)

        with ask("update", "--throttle", 4, here) as asking:
            update = {"event": "settings", "throttle": 4, "source": "update"}
            check_notice(here, ".maestro/requests/[!.]*", lambda: told(here, **update))
        assert asking.returncode == 0
        wait_until((here / "long/N.1/count").exists)
        with ask("resume", here, "--step", "bad") as asking:
            check_notice(here, ".maestro/requests/[!.]*", lambda: told(here, event="study_resumed"))
        assert asking.returncode == 0
        with (here / ".study.update.lock").open("w") as writer:  # in place, as upstream's client
            wait_until(lambda: not (here / ".study.update.lock").exists(), CACHE + NOTICE)
            writer.write("rlimit: 7\n")
        wait_until(lambda: told(here, event="settings", rlimit=7, source="update"), CACHE + NOTICE)
        wait_until(lambda: runs(here)["bad"] == 2)
        with ask("cancel", "-y", here) as asking:
            check_notice(here, ".cancel.lock", lambda: told(here, event="study_cancelled"))
        assert asking.returncode == 0
        assert process.wait(20) == 3
        assert process.stderr
        assert not process.stderr.read()
    check_end(maestro, here)
    assert ends(here) == ends(there)


def believed_absent(root: Path) -> bool:
    """Look for what a conductor writes; a host that finds nothing believes so for a while."""
    names = (".maestro/conductor.msgpack", ".maestro/journal.msgpack")
    return not any((root / name).exists() for name in names)


@pytest.mark.parametrize("folder", [LONG], indirect=True)
def test_a_conductor_that_began_here_a_moment_ago_keeps_others_off(folder):
    there = make_workspace(folder.there / "w", [StepPlan("long", [COUNT + "sleep 100"])])
    here = folder.here / "w"
    assert believed_absent(there)
    with subprocess.Popen(conductor(here, "--local-steps", "stop")) as first:
        try:
            wait_until((here / "long/count").exists)
            assert believed_absent(there)
            with conducted(there) as second:
                assert second.wait(20) == 1
                assert second.stderr
                assert (
                    f"another conductor holds {there}: pid {first.pid} on" in second.stderr.read()
                )
        finally:
            first.terminate()


@pytest.mark.parametrize("folder", [LONG], indirect=True)
def test_what_ended_here_a_moment_ago_does_not_begin_again_there(folder):
    there = make_workspace(folder.there / "w", [StepPlan("a", [COUNT + "exit 5"])])
    here = folder.here / "w"
    assert believed_absent(there)
    assert run_to_the_end(here) == 2
    journal = (here / ".maestro/journal.msgpack").read_bytes()
    assert believed_absent(there)
    with conducted(there) as process:
        assert process.wait(20) == 2
    assert (here / ".maestro/journal.msgpack").read_bytes() == journal
    assert runs(here) == {"a": 1}


def check_hold(maestro: Maestro, root: Path, pid: int) -> None:
    """The other host's lock is not seen here; its heartbeat is, and keeps others off."""
    with (root / ".maestro/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    found = holder(root)
    assert found
    assert (found.host, found.pid) == (HOST, pid)
    assert status(maestro, root)["conductor_alive"]
    second = subprocess.run(
        conductor(root), check=False, capture_output=True, text=True, timeout=20
    )
    assert second.returncode == 1
    assert f"another conductor holds {root}: pid {pid} on {HOST}" in second.stderr


def check_end(maestro: Maestro, root: Path) -> None:
    """What the conductor wrote through its mount is here, whole."""
    wanted = {"bad": "FAILED", "long_N.0": "CANCELLED", "long_N.1": "CANCELLED"}
    assert ends(root) == wanted
    assert runs(root) == {"bad": 2, "long_N.0": 1, "long_N.1": 1}
    with JournalReader(root / ".maestro/journal.msgpack") as journal:
        assert list(journal.read())[-1]["kind"] == "closed"
        assert journal.offset == journal.path.stat().st_size
    settings = read_state(root)[1].settings
    assert (settings.throttle, settings.rlimit) == (4, 7)
    with (root / "status.csv").open(newline="") as table:
        assert {row["Step Name"]: row["State"] for row in csv.DictReader(table)} == wanted
    assert not any((root / ".maestro/claimed").iterdir())
    assert not any((root / ".maestro/requests").iterdir())
    assert events(root)[-1]["event"] == "conductor_stopped"
    last = last_holder(root)
    assert last
    assert (last.host, last.live) == (HOST, False)
    assert not holder(root)
    assert status(maestro, root)["state"] == "CANCELLED"
