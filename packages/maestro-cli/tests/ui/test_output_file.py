"""Files that people ask for with ``-o``.

A fault here would be half a file, or somebody's link or pipe replaced by a file.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maestro_cli.ui.output_file import write_output


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
