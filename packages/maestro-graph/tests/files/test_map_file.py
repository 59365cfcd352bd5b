"""A file that is torn, too large or none at all, and is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_graph import FormatError
from maestro_graph.files.checksums import seal
from maestro_graph.files.map_file import packer, read_map

RECORD = {"format": "maestro-spec", "version": [1, 1], "name": "\udcff"}


def test_what_is_packed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.msgpack"
    path.write_bytes(seal(packer().pack, RECORD))
    assert read_map(path, "the study") == RECORD
    path.write_bytes(packer().pack(RECORD | {"version": [1, 0]}))
    assert read_map(path, "the study")["name"] == "\udcff"


@pytest.mark.parametrize("content", [None, b"", packer().pack(RECORD)[:-1], b"\xc0" * 2])
def test_what_is_no_whole_map_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.msgpack"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FormatError, match=r"a\.msgpack"):
        read_map(path, "the study")


def test_one_without_its_checksum_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.msgpack"
    path.write_bytes(packer().pack(RECORD))
    with pytest.raises(FormatError, match="checksum of the study is missing"):
        read_map(path, "the study")
