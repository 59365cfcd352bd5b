"""A file is replaced whole by all that write one: maestro-spec, maestro-graph, maestro-conductor.

A fault here would be half a file where a reader looks, or a temporary file that nobody sweeps away.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_conductor.workspace.leftovers import sweep

pytestmark = pytest.mark.once

#: Writes `size` bytes to the file of its first argument. Where one is given, no file may have more than `limit`:
#: the system call that would write more fails or, if it is `deadly`, the process is killed in it.
PRELUDE = """
import resource, signal, sys
path, size, limit, deadly = sys.argv[1], *map(int, sys.argv[2:])
signal.signal(signal.SIGXFSZ, signal.SIG_DFL if deadly else signal.SIG_IGN)
def limited():
    if limit:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
"""
WRITERS = {
    "maestro_spec": """
from maestro_spec.model.study import Study
from maestro_spec.spec_file import write_spec
study = Study(name="a", description="b" * size, steps=())
limited()
write_spec(study, path)
""",
    "maestro_graph": """
from maestro_graph.files.atomic_write import replaced
limited()
with replaced(path) as stream:
    stream.write(b"b" * size)
""",
    "maestro_conductor": """
from pathlib import Path
from maestro_conductor.workspace.atomic_write import replace_file
limited()
replace_file(Path(path), b"b" * size)
""",
}


#: Writes so many bytes, with a limit and its deadliness; gives the exit code.
Write = Callable[..., int]
NAME = "graph.msgpack"


@pytest.fixture(params=WRITERS)
def write(request: pytest.FixtureRequest, folder: Path) -> Write:
    code = PRELUDE + WRITERS[request.param]

    def write(size: int, limit: int = 0, *, deadly: bool = False) -> int:
        numbers = map(str, (size, limit, int(deadly)))
        arguments = [sys.executable, "-c", code, str(folder / NAME), *numbers]
        return subprocess.run(arguments, capture_output=True, check=False, umask=0o027).returncode

    return write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / ".maestro"
    folder.mkdir()
    (folder / NAME).write_bytes(b"old")
    return folder


def test_who_reads_the_old_file_reads_it_to_its_end(write: Write, folder: Path) -> None:
    with (folder / NAME).open("rb") as reader:
        assert write(100_000) == 0
        assert reader.read() == b"old"
    assert len((folder / NAME).read_bytes()) >= 100_000
    assert (folder / NAME).stat().st_mode & 0o777 == 0o640
    assert os.listdir(folder) == [NAME]


def test_one_that_cannot_be_written_leaves_the_old_one_alone(write: Write, folder: Path) -> None:
    assert write(100_000, limit=50_000) == 1
    assert (folder / NAME).read_bytes() == b"old"
    assert os.listdir(folder) == [NAME]


def test_a_folder_in_its_place_is_left(write: Write, folder: Path) -> None:
    (folder / NAME).unlink()
    (folder / NAME / "inside").mkdir(parents=True)
    assert write(10) == 1
    assert os.listdir(folder) == [NAME]
    assert (folder / NAME / "inside").is_dir()


def test_what_a_killed_writer_leaves_is_swept(write: Write, folder: Path) -> None:
    assert write(100_000, limit=50_000, deadly=True) == -signal.SIGXFSZ
    assert (folder / NAME).read_bytes() == b"old"
    (left,) = set(folder.iterdir()) - {folder / NAME}
    sweep(folder.parent)
    assert left.exists()  # somebody may be writing it just now
    os.utime(left, (0, 0))
    sweep(folder.parent)
    assert os.listdir(folder) == [NAME]
