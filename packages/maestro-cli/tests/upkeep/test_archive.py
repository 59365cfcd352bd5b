"""An archive that lacks something, holds what was to stay here, or is there though it is not whole."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.errors import StudyError
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import attempt
from maestro_cli.upkeep.archive import Wishes, archive
from maestro_conductor.model import records
from maestro_conductor.workspace import conductor_lock

History = Callable[[Sequence[records.Record]], Path]


@pytest.fixture
def unpacked(tmp_path: Path) -> Callable[[Path], Path]:
    """What unpacks an archive as people do, and returns its folder."""

    def unpack(file: Path) -> Path:
        place = tmp_path / "elsewhere"
        place.mkdir()
        subprocess.run(["tar", "xf", file, "-C", place], check=True)
        (folder,) = place.iterdir()
        return folder

    return unpack


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize("ending", [".tar.zst", ".tar.gz"])
def test_all_but_what_belongs_here_is_packed(
    ending: str, failed: Path, unpacked: Callable[[Path], Path]
) -> None:
    if ending == ".tar.zst" and not shutil.which("zstd"):
        pytest.skip("tar reads it by the program zstd, which there is not")
    (failed / ".maestro/on-end.json").write_text("{}")
    (failed / ".maestro/lock").touch()
    (failed / ".maestro/.graph.msgpack.abc.tmp").touch()
    (failed / ".maestro/amendments/0123456789ab/meta").mkdir(parents=True)
    (failed / ".maestro/amendments/0123456789ab/meta/environment.yaml").write_text("secret")
    (failed / "make/N.2/data.bin").write_bytes(os.urandom(1000))
    file = failed.parent / f"x{ending}"
    assert app.main(["archive", "OUT", "-o", str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    folder = unpacked(file)
    assert folder.name == "OUT"
    assert names(failed) - names(folder) == {
        "meta/environment.yaml",
        ".maestro/amendments/0123456789ab/meta/environment.yaml",
        ".maestro/on-end.json",
        ".maestro/lock",
        ".maestro/.graph.msgpack.abc.tmp",
    }
    for name in names(folder):
        here, there = failed / name, folder / name
        assert here.read_bytes() == there.read_bytes()
        assert here.stat().st_mode == there.stat().st_mode
        assert int(here.stat().st_mtime * 1000) == int(there.stat().st_mtime * 1000)
    assert app.main(["status", str(folder)]) == 2


def test_the_environment_is_packed_when_that_is_asked_for(
    failed: Path, unpacked: Callable[[Path], Path]
) -> None:
    assert app.main(["archive", "OUT", "-o", "x.tgz", "--environment"]) == 0
    assert "meta/environment.yaml" in names(unpacked(failed.parent / "x.tgz"))


def test_logs_are_left_out(failed: Path, unpacked: Callable[[Path], Path]) -> None:
    (failed / "make/N.2/mine.out").touch()
    (failed / "logs").mkdir(exist_ok=True)
    (failed / "logs/chain.log").touch()
    (failed / "chain.txt").touch()
    assert app.main(["archive", "OUT", "-o", "x.tgz", "--no-logs"]) == 0
    assert names(failed) - names(unpacked(failed.parent / "x.tgz")) >= {
        "make/N.2/make_N.2.1001.err",
        "make/N.2/make_N.2.1001.out",
        "logs/chain.log",
        "chain.txt",
    }
    assert (failed.parent / "elsewhere/OUT/make/N.2/mine.out").exists()


def test_only_what_fits_and_the_records_are_packed(
    failed: Path, unpacked: Callable[[Path], Path]
) -> None:
    for name in ("a.csv", "b.dat", ".attempt.1", "sub/c.csv"):
        (failed / "make/N.2" / name).parent.mkdir(exist_ok=True)
        (failed / "make/N.2" / name).touch()
    (failed / "notes").touch()
    assert (
        app.main(["archive", "OUT", "-o", "x.tgz", "--only", "*.csv", "--only", "make/*.err"]) == 0
    )
    found = names(unpacked(failed.parent / "x.tgz"))
    assert {each for each in found if each.startswith("make/") or each == "notes"} == {
        "make/N.2/a.csv",
        "make/N.2/sub/c.csv",
        "make/N.2/.attempt.1",
        "make/N.2/make_N.2.1001.err",
    }
    assert {"chain.yaml", ".maestro/graph.msgpack", ".maestro/journal.msgpack"} <= found


def test_links_special_files_and_holes(
    failed: Path, unpacked: Callable[[Path], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    place = failed / "make/N.2"
    os.mkfifo(place / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(place / "socket"))
    (place / "here").symlink_to("make_N.2.1001.out")
    (place / "absolute").symlink_to(place / "make_N.2.1001.out")
    (place / "dangling").symlink_to("nothing")
    (place / "outside").symlink_to("/etc/passwd")
    (place / "twin").hardlink_to(place / "make_N.2.1001.out")
    with (place / "sparse").open("wb") as file:
        file.seek(1 << 34)  # 16 GiB, of which nearly nothing is there
        file.write(b"end")
    os.truncate(place / "sparse", 1 << 35)
    with (place / "empty").open("wb") as file:
        file.truncate(1 << 20)
    (place / ("long" * 60)).write_text("x")
    (place / os.fsdecode(b"\xff\n")).write_text("no text")
    capsys.readouterr()
    assert app.main(["archive", "OUT", "-o", "x.tar.gz"]) == 0
    told = capsys.readouterr()
    assert "1 named pipe cannot be packed: make/N.2/pipe" in told.err
    assert "1 socket cannot be packed: make/N.2/socket" in told.err
    assert "1 links lead out of the study" in told.err
    assert "outside" in told.err
    assert (failed.parent / "x.tar.gz").stat().st_size < 1 << 20
    there = unpacked(failed.parent / "x.tar.gz") / "make/N.2"
    assert {
        link: os.readlink(there / link) for link in ("here", "absolute", "dangling", "outside")
    } == {
        "here": "make_N.2.1001.out",
        "absolute": "make_N.2.1001.out",
        "dangling": "nothing",
        "outside": "/etc/passwd",
    }
    assert (there / "twin").samefile(there / "make_N.2.1001.out")
    status = (there / "sparse").stat()
    assert (status.st_size, status.st_blocks < 1000) == (1 << 35, True)
    with (there / "sparse").open("rb") as file:
        file.seek(1 << 34)
        assert file.read(5) == b"end\0\0"
    assert (there / "empty").read_bytes() == bytes(1 << 20)
    assert (there / ("long" * 60)).read_text() == "x"
    assert (there / os.fsdecode(b"\xff\n")).read_text() == "no text"


def test_what_may_not_be_read_is_one_message(
    failed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(5):
        (failed / f"make/N.2/{number}.secret").touch()
    known = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: not str(path).endswith(".secret") and known(path, mode)
    )
    assert app.main(["archive", "OUT", "-o", "x.tgz"]) == 1
    told = capsys.readouterr().err
    assert "5 of the files" in told
    assert "make/N.2/0.secret, make/N.2/1.secret, make/N.2/2.secret and 2 more" in told
    assert app.main(["archive", "OUT", "-o", "x.tgz", "--only", "*.csv"]) == 0


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("OUT/x.tgz", "is in the study"),
        ("chain.yaml.tar.gz", "is there already"),
        ("nowhere/x.tgz", "there is no folder"),
    ],
)
def test_places_that_are_refused(
    out: str, told: str, failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (failed.parent / "chain.yaml.tar.gz").write_text("mine")
    assert app.main(["archive", "OUT", "-o", out]) == 1
    assert told in capsys.readouterr().err
    assert (failed.parent / "chain.yaml.tar.gz").read_text() == "mine"


def test_an_ending_that_says_nothing_is_refused(failed: Path) -> None:
    assert app.main(["archive", str(failed), "-o", "x.zip"]) == 64


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith((".tmp", ".tgz"))]


def test_no_half_archive_is_left(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (failed / "make/N.2/data").write_bytes(os.urandom(1 << 20))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))  # no room for more
    try:
        assert app.main(["archive", "OUT", "-o", "x.tgz"]) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "x.tgz: File too large" in capsys.readouterr().err
    assert leftovers(failed.parent) == []


def test_what_a_killed_one_left_is_removed(failed: Path) -> None:
    left = failed.parent / ".x.tgz.01234567.tmp"
    left.touch()
    (failed.parent / ".y.tgz.01234567.tmp").touch()
    assert app.main(["archive", "OUT", "-o", "x.tgz"]) == 0
    assert sorted(leftovers(failed.parent)) == [".y.tgz.01234567.tmp", "x.tgz"]


@pytest.fixture
def running(failed: Path) -> Iterator[Path]:
    with conductor_lock.hold(failed):
        yield failed


def test_a_running_study_is_packed_when_that_is_asked_for(
    running: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["archive", "OUT", "-o", "x.tgz"]) == 1
    assert "OUT runs" in capsys.readouterr().err
    assert app.main(["archive", "OUT", "-o", "x.tgz", "--running"]) == 0
    with tarfile.open(running.parent / "x.tgz") as tar:
        members = tar.getnames()
    # The journal first: what it does not know yet, the steps' files tell.
    assert members.index("OUT/.maestro/journal.msgpack") < members.index("OUT/make/N.2")


def test_steps_in_flight_without_a_conductor_are_refused(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    history(attempt(0, "FINISHED", 0)[:-1])
    assert app.main(["archive", "OUT", "-o", "x.tgz"]) == 1
    assert "1 step in flight" in capsys.readouterr().err


class Meddling(tuple[str, ...]):
    """Patterns that somebody starts the study while they are looked at."""

    journal: Path

    def __iter__(self) -> Iterator[str]:
        with self.journal.open("ab") as journal:
            journal.write(b"x")
        return super().__iter__()


def test_a_study_that_is_started_meanwhile_is_not_packed(failed: Path) -> None:
    only = Meddling(["*"])
    only.journal = failed / ".maestro/journal.msgpack"
    with pytest.raises(StudyError, match="was started while it was packed"):
        archive(open_study(failed), failed.parent / "x.tgz", Wishes(only=only))
    assert leftovers(failed.parent) == []
