"""A file that changes while it is packed, and with it all that is packed behind it."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

from maestro_cli.upkeep.tar_stream import TarStream
from maestro_cli.upkeep.tree import walk


class Cutting(io.BytesIO):
    """Takes bytes, and cuts a file once its header was written."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def write(self, content: bytes) -> int:  # type: ignore[override]
        if self._file.name.encode() in content:
            os.truncate(self._file, 3)
        return super().write(content)


def test_a_file_that_shrinks_is_told_and_harms_no_other(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(f"{name}" * 1000)
    stream = Cutting(tmp_path / "b")
    tar = TarStream(stream, tmp_path, "x")
    for found in walk(tmp_path, lambda _: True, lambda _: None):
        tar.add(found)
    tar.close()
    assert tar.shrunk == ["b"]
    with tarfile.open(fileobj=io.BytesIO(stream.getvalue())) as packed:
        contents = {
            member.name: packed.extractfile(member).read()  # type: ignore[union-attr]
            for member in packed
            if member.isfile()
        }
    assert contents == {"x/a": b"a" * 1000, "x/b": b"bbb" + bytes(997), "x/c": b"c" * 1000}


def test_what_is_gone_when_its_turn_comes_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    stream = io.BytesIO()
    tar = TarStream(stream, tmp_path, "x")
    (found,) = walk(tmp_path, lambda _: True, lambda _: None)
    (tmp_path / "a").unlink()
    tar.add(found)
    tar.close()
    with tarfile.open(fileobj=io.BytesIO(stream.getvalue())) as packed:
        assert packed.getnames() == ["x"]
