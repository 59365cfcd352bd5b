"""A file of which a crash leaves a half, or a temporary one that stays."""

import os
from pathlib import Path

import pytest

from maestro_graph.files.atomic_write import replaced


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail() -> None:
        with replaced(path) as stream:
            stream.write(b"ne")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]
    with replaced(path) as stream:
        stream.write(b"new")
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["file"]
