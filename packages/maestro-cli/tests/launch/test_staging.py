# ruff: noqa: PT012 - the block that fails is the block that is tested
"""A workspace comes into being whole or not at all.

A fault here would be a folder that holds half a study, or a study that is lost with nothing in its
place.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.launch import leftovers, staging


def make_workspace(folder: Path, word: str = "old") -> Path:
    (folder / ".maestro").mkdir(parents=True)
    (folder / ".maestro" / "graph.msgpack").write_bytes(b"")
    (folder / "word").write_text(word)
    return folder


def fill(stage: staging.Stage, word: str = "new") -> None:
    make_workspace(stage.folder, word)


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_new_folder_appears_whole(tmp_path: Path) -> None:
    with staging.reserve(tmp_path / "a" / "OUT") as stage:
        fill(stage)
        assert listing(tmp_path / "a" / "OUT") == []
        stage.publish()
    assert (tmp_path / "a" / "OUT" / "word").read_text() == "new"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["OUT"]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, StudyError, OSError, SystemExit])
def test_a_failure_leaves_what_was_there(tmp_path: Path, kind: type[BaseException]) -> None:
    with pytest.raises(kind), staging.reserve(tmp_path / "a" / "b" / "OUT") as stage:
        fill(stage)
        raise kind("x")
    assert listing(tmp_path) == []


def test_an_empty_folder_is_used_and_given_back(tmp_path: Path) -> None:
    out = tmp_path / "OUT"
    out.mkdir(mode=0o750)
    with pytest.raises(KeyboardInterrupt), staging.reserve(out) as stage:
        fill(stage)
        (out / "from_pgen").mkdir()
        raise KeyboardInterrupt
    assert listing(tmp_path) == ["OUT"]
    with staging.reserve(out) as stage:
        fill(stage)
        stage.publish()
    assert (out / "word").read_text() == "new"
    assert out.stat().st_mode & 0o777 == 0o750


def test_what_was_written_into_the_reserved_folder_comes_along(tmp_path: Path) -> None:
    with staging.reserve(tmp_path / "OUT") as stage:
        fill(stage)
        (stage.root / "table.csv").write_text("1")
        stage.publish()
    assert (tmp_path / "OUT" / "table.csv").read_text() == "1"
    assert (tmp_path / "OUT" / "word").read_text() == "new"


def test_a_name_of_the_workspace_is_not_overwritten(tmp_path: Path) -> None:
    with (
        pytest.raises(StudyError, match=r"word was made while"),
        staging.reserve(tmp_path / "OUT") as stage,
    ):
        fill(stage)
        (stage.root / "word").write_text("mine")
        stage.publish()
    assert listing(tmp_path) == []


def test_replacing_needs_consent_and_keeps_the_old_until_the_new_is_there(tmp_path: Path) -> None:
    out = make_workspace(tmp_path / "OUT")
    with pytest.raises(StudyError, match="holds a study already"):
        staging.reserve(out)
    with pytest.raises(KeyboardInterrupt), staging.reserve(out, replace=True) as stage:
        fill(stage)
        assert (out / "word").read_text() == "old"
        raise KeyboardInterrupt
    assert (out / "word").read_text() == "old"
    with pytest.raises(KeyboardInterrupt), staging.reserve(out, replace=True) as stage:
        stage.make_way()
        assert listing(out) == []
        (out / "from_pgen").write_text("")
        raise KeyboardInterrupt
    assert (out / "word").read_text() == "old"
    assert not (out / "from_pgen").exists()
    with staging.reserve(out, replace=True) as stage:
        fill(stage)
        stage.publish()
    assert (out / "word").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["OUT"]


def test_a_conductor_cannot_start_while_the_study_is_replaced(tmp_path: Path) -> None:
    from maestro_conductor.errors import HeldError
    from maestro_conductor.workspace import conductor_lock

    out = make_workspace(tmp_path / "OUT")
    with staging.reserve(out, replace=True) as stage:
        with pytest.raises(HeldError), conductor_lock.hold(out):
            pass
        fill(stage)
        stage.publish()
    assert listing(out) == [".maestro", ".maestro/graph.msgpack", "word"]
    with conductor_lock.hold(out):
        pass


def test_a_second_start_does_not_share_the_folder(tmp_path: Path) -> None:
    with staging.reserve(tmp_path / "OUT") as first:
        with pytest.raises(StudyError, match="another `maestro run`"):
            staging.reserve(tmp_path / "OUT")
        fill(first)
        first.publish()
    assert (tmp_path / "OUT" / "word").exists()


COMPETITOR = """
import sys
from pathlib import Path
from maestro_cli.launch import staging
from maestro_cli.errors import StudyError

sys.stdin.readline()  # all begin together
try:
    with staging.reserve(Path(sys.argv[1])) as stage:
        (stage.folder / ".maestro").mkdir()
        (stage.folder / ".maestro/graph.msgpack").touch()
        (stage.folder / "word").write_text(sys.argv[2])
        stage.publish()
    print(sys.argv[2])
except StudyError:
    pass
"""


def test_one_of_many_starts_wins(tmp_path: Path) -> None:
    for round_ in range(3):
        out = tmp_path / f"OUT{round_}"
        rivals = [
            subprocess.Popen(
                [sys.executable, "-c", COMPETITOR, str(out), str(number)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(4)
        ]
        for rival in rivals:
            rival.stdin.write("\n")  # type: ignore[union-attr]
            rival.stdin.flush()  # type: ignore[union-attr]
        said = [rival.communicate(timeout=30)[0].strip() for rival in rivals]
        assert [rival.returncode for rival in rivals] == [0] * 4
        assert [word for word in said if word] == [(out / "word").read_text()]
    assert all(not path.name.startswith(".") for path in tmp_path.iterdir())


def test_stamped_names_do_not_collide(tmp_path: Path) -> None:
    now = time.strptime("2026-01-01", "%Y-%m-%d")
    roots = []
    for _ in range(3):
        with staging.reserve_stamped(tmp_path / "new", "study", now) as stage:
            fill(stage)
            stage.publish()
            roots.append(stage.root.name)
    assert roots == [
        "study_20260101-000000",
        "study_20260101-000000-2",
        "study_20260101-000000-3",
    ]


INTERRUPTED = """
import os, signal, sys, threading
from pathlib import Path
from maestro_cli.launch import staging

def interrupt(event, arguments):
    if event == "os.rename" and os.fspath(arguments[1]) == os.path.abspath("OUT"):
        os.kill(os.getpid(), signal.SIGINT)

stage = staging.reserve(Path("OUT"))
done = threading.Event()
# Where there is another thread, the kernel may give the signal to that one.
threading.Thread(target=done.wait).start()
sys.addaudithook(interrupt)
try:
    with stage:
        (stage.folder / "word").write_text("new")
        stage.publish()
        print("never")
except KeyboardInterrupt:
    print("interrupted")
finally:
    done.set()
"""


def test_ctrl_c_while_the_folder_is_put_in_place_waits(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "interrupted\n"
    assert (tmp_path / "OUT" / "word").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["OUT"]


STAGING = """
import signal, sys
from pathlib import Path
from maestro_cli.launch import staging

with staging.reserve(Path("new/OUT")) as stage:
    (stage.folder / "half").touch()
    (stage.root / "from_pgen").touch()
    print("staging", flush=True)
    signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_what_was_there(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STAGING],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"staging\n"
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode in (128 + number, -number)
    assert listing(tmp_path) == []


def test_a_path_through_a_link_stays_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with staging.reserve(tmp_path / "link" / "OUT") as stage:
        assert stage.root == tmp_path / "link" / "OUT"
        fill(stage)
        stage.publish()
    with staging.reserve(tmp_path / "real" / "x") as stage:
        pass
    (tmp_path / "real" / "empty").mkdir()
    (tmp_path / "OUT").symlink_to("real/empty")
    with staging.reserve(tmp_path / "OUT") as stage:
        fill(stage)
        stage.publish()
    assert (tmp_path / "real" / "empty" / "word").exists()
    assert (tmp_path / "OUT").is_symlink()


_BEGIN = """
import os, sys
from pathlib import Path
from maestro_cli.launch import staging
stage = staging.reserve(Path(sys.argv[1]))
stage.__enter__()
(stage.folder / ".maestro").mkdir()
print(stage.folder, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_start_left_is_removed_and_no_more(tmp_path: Path) -> None:
    out = tmp_path / "OUT"
    kept = [".OUT.0123abcd.tmp", ".OUTER.0123abcd.tmp", ".OUT.0123abcd.old", ".OUT.0123.tmp"]
    for name in kept:
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine").touch()
    command = [sys.executable, "-c", _BEGIN, str(out)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        left = Path(process.stdout.readline().strip())
        leftovers.remove(out)
        assert left.exists(), "its process lives"
        process.kill()
    with staging.reserve(out) as stage:
        assert not left.exists()
        fill(stage)
        stage.publish()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, "OUT"])


def test_leftovers_of_stamped_names_are_removed(tmp_path: Path) -> None:
    left = tmp_path / ".hello_20240101-120000-2.0123abcd.tmp"
    (left / ".maestro").mkdir(parents=True)
    other = tmp_path / ".hello_world_20240101-120000.0123abcd.tmp"
    (other / ".maestro").mkdir(parents=True)
    with staging.reserve_stamped(tmp_path, "hello"):
        assert not left.exists()
        assert other.exists()
