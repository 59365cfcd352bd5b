"""A flipped bit in a file of ours that passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgpack
import pytest

from maestro_graph import (
    FormatError,
    build_table,
    expand,
    read_graph,
    read_parameters,
    read_spec,
    write_graph,
    write_parameters,
)
from maestro_graph.cli import main
from maestro_graph.files.checksums import has_sum, seal, take_sum
from maestro_graph.files.map_file import packer


def read_all(path: Path) -> list[Any]:
    return list(read_graph(path))


@pytest.fixture
def workspace(make: Any, tmp_path: Path) -> Path:
    spec = make.spec(make.step("a", "echo $(P)"), parameters={"P": [1, 2]}) | {"version": [1, 1]}
    (tmp_path / "spec.msgpack").write_bytes(seal(packer().pack, spec))
    write_parameters(build_table(spec), tmp_path / "parameters.msgpack")
    write_graph(expand(spec), tmp_path / "graph.msgpack")
    return tmp_path


def flip(path: Path, content: bytes, bit: int) -> None:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)


def test_the_rule_is_that_of_the_vectors(vectors: Path) -> None:
    known = json.loads((vectors / "checksums.json").read_text())
    for case in known["good"]:
        content = bytes.fromhex(case["hex"])
        assert seal(packer().pack, case["record"]) == content, case["what"]
        record = msgpack.unpackb(content)
        take_sum("f", "x", content, record)
        assert record == case["record"]
    for case in known["bad"]:
        content = bytes.fromhex(case["hex"])
        record = msgpack.unpackb(content)
        assert has_sum(record), case["what"]
        with pytest.raises(FormatError, match="f is damaged: the checksum of x is"):
            take_sum("f", "x", content, record)
    for case in known["old"]:
        assert not has_sum(msgpack.unpackb(bytes.fromhex(case["hex"])))


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("spec.msgpack", read_spec),
        ("parameters.msgpack", read_parameters),
        ("graph.msgpack", read_all),
    ],
)
def test_no_flipped_bit_passes(workspace: Path, name: str, read: Any) -> None:
    path = workspace / name
    content = path.read_bytes()
    for bit in range(0, 8 * len(content), 7):
        flip(path, content, bit)
        with pytest.raises(FormatError) as refusal:
            read(path)
        assert name in str(refusal.value)
    path.write_bytes(content)
    read(path)


def test_the_command_refuses_a_damaged_study(workspace: Path, capsys: Any) -> None:
    private = workspace / "w" / ".maestro"
    private.mkdir(parents=True)
    content = (workspace / "spec.msgpack").read_bytes()
    flip(private / "spec.msgpack", content, 8 * content.index(b"echo"))
    assert main(["expand", str(private.parent)]) == 1
    said = capsys.readouterr().err
    assert f"{private}/spec.msgpack is damaged: the checksum of the study is wrong\nhint: " in said
    assert not (private / "graph.msgpack").exists()


def test_kept_files_are_read(vectors: Path) -> None:
    versions = set()
    for private in (vectors.parent / "golden").glob("*/.maestro"):
        spec = read_spec(private / "spec.msgpack")
        versions.add(tuple(spec["version"]))
        assert expand(spec, read_parameters(private / "parameters.msgpack"), root="/w").name
        assert read_all(private / "graph.msgpack")[0]["name"] == spec["name"]
    assert versions == {(1, 0), (1, 1)}
