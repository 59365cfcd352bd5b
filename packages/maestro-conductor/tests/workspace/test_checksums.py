"""Would catch a flipped bit that is believed, and a file of version 1.0 that is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgpack
import pytest

from maestro_conductor.app.command import main
from maestro_conductor.errors import FormatError
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.checksums import check_sum, has_sum, seal
from maestro_conductor.workspace.graph_file import GraphFile, read_graph
from maestro_conductor.workspace.paths import GRAPH, RUN
from maestro_conductor.workspace.run_file import read_run

PLANS = [StepPlan("a", ["true", "false"]), StepPlan("b", ["true"], funnels=["a"])]


def flipped(content, bit):
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_the_rule_is_that_of_the_vectors(vectors):
    known = vectors("checksums")
    for case in known["good"]:
        content = bytes.fromhex(case["hex"])
        assert seal(msgpack.packb, case["record"]) == content, case["what"]
        check_sum("f", "x", content, msgpack.unpackb(content))
    for case in known["bad"]:
        content = bytes.fromhex(case["hex"])
        record = msgpack.unpackb(content)
        assert has_sum(record), case["what"]
        with pytest.raises(FormatError, match="f is damaged: the checksum of x is"):
            check_sum("f", "x", content, record)
    for case in known["old"]:
        assert not has_sum(msgpack.unpackb(bytes.fromhex(case["hex"])))


@pytest.mark.once
@pytest.mark.parametrize(("name", "read"), [(GRAPH, read_graph), (RUN, read_run)])
def test_no_flipped_bit_passes(tmp_path, name, read):
    path = make_workspace(tmp_path, PLANS) / name
    content = path.read_bytes()
    for bit in range(0, 8 * len(content), 5):  # bits of every byte but few, at all eight places
        path.write_bytes(flipped(content, bit))
        with pytest.raises(FormatError) as refusal:
            read(tmp_path)
        assert str(path) in str(refusal.value)
    path.write_bytes(content)
    read(tmp_path)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"specroot", "the graph's head"),
        (b"about b", "step 1"),
        (b"false", "instance 1"),
    ],
)
def test_the_part_is_named_and_nothing_runs(tmp_path, capsys, text, part):
    path = make_workspace(tmp_path, PLANS) / GRAPH
    content = path.read_bytes()
    path.write_bytes(flipped(content, 8 * content.index(text)))
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert f"{path} is damaged: the checksum of {part} is wrong. Put back a copy" in said
    assert not list(tmp_path.glob("a"))


def test_what_is_read_again_later_is_checked_again(tmp_path):
    path = make_workspace(tmp_path, PLANS) / GRAPH
    file = GraphFile(tmp_path)
    assert file.instance(1)["command"] == "false"
    content = path.read_bytes()
    with path.open("r+b") as damaged:  # the same file, not another in its place
        damaged.write(flipped(content, 8 * content.index(b"false")))
    with pytest.raises(FormatError, match=r"the checksum of instance 1 \(a_N.1\) is wrong"):
        file.instance(1)
    assert file.instance(0)["command"] == "true"
    file.close()


def golden() -> list[Path]:
    for folder in Path(__file__).parents:
        found = folder / "docs/workspace-format/golden"
        if found.is_dir():
            return sorted(each.parent.parent for each in found.glob("*/.maestro/graph.msgpack"))
    return []


@pytest.mark.parametrize("root", golden(), ids=lambda root: root.name)
def test_kept_workspaces_are_read(tmp_path, capsys, root):
    copy = tmp_path / "w"
    shutil.copytree(root, copy)
    file = GraphFile(copy)
    graph = file.graph
    assert graph.header["version"] == ([1, 1] if root.name in ("amended", "held") else [1, 0])
    assert len(graph) == sum(step.count for step in graph.steps)
    assert [file.instance(i)["name"] for i in range(len(graph))] == graph.names
    assert main([str(copy), "--status"]) == 0
    assert graph.names[0] in capsys.readouterr().out
    file.close()


def test_a_version_that_is_to_come_is_named(tmp_path):
    path = make_workspace(tmp_path, PLANS) / RUN
    record = msgpack.unpackb(path.read_bytes())
    del record["crc"]
    path.write_bytes(msgpack.packb({**record, "version": [2, 0]}))
    with pytest.raises(FormatError, match=r"has format version 2\.0"):
        read_run(tmp_path)
