"""A file that is half there, or another one that is lost."""

from __future__ import annotations

import os
import stat
import threading

import pytest

from maestro_cli.results.output_file import replaced


def test_a_file_is_replaced_whole_and_a_link_stays_one(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    with replaced(tmp_path / "link") as file:
        file.write_text("new")
        assert (tmp_path / "real").read_text() == "old"
    assert (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "link").is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link", "real"]


def test_what_was_there_stays_where_something_goes_wrong(tmp_path):
    (tmp_path / "a").write_text("old")

    def fail() -> None:
        with replaced(tmp_path / "a") as file:
            file.write_text("new")
            raise ValueError(file.name)

    with pytest.raises(ValueError, match="tmp"):
        fail()
    assert (tmp_path / "a").read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_pipe_is_written_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_text()))
    reader.start()
    with replaced(tmp_path / "pipe") as file:
        file.write_text("x")
    reader.join(30)
    assert found == ["x"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
