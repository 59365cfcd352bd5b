"""Files that people ask for with ``-o``.

A fault here would be half a file, or somebody's link or pipe replaced by a file.
"""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from maestro_cli.ui.output_file import replaced, write_output


def test_it_is_replaced_whole_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_output(str(tmp_path / "link"), "new \udc80")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new \\udc80"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_what_cannot_be_written_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        write_output(str(tmp_path / "absent/x"), "text")
    assert caught.value.filename == str(tmp_path / "absent/x")
    assert not list(tmp_path.iterdir())


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_output(str(tmp_path / "pipe"), "text")
    assert os.read(reader, 99) == b"text"
    os.close(reader)


def test_a_file_is_replaced_whole_and_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    with replaced(tmp_path / "link") as file:
        file.write_text("new")
        assert (tmp_path / "real").read_text() == "old"
    assert (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "link").is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link", "real"]


def test_what_was_there_stays_where_something_goes_wrong(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")

    def fail() -> None:
        with replaced(tmp_path / "a") as file:
            file.write_text("new")
            raise ValueError(file.name)

    with pytest.raises(ValueError, match="tmp"):
        fail()
    assert (tmp_path / "a").read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_pipe_is_given_as_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_text()))
    reader.start()
    with replaced(tmp_path / "pipe") as file:
        file.write_text("x")
    reader.join(30)
    assert found == ["x"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
