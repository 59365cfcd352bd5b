"""A graph that another program reads otherwise, or damage to one that passes."""

from pathlib import Path
from typing import Any

import msgpack
import pytest

from maestro_graph import FormatError, expand, read_graph, write_graph


def listed(value: Any) -> Any:
    """As another program would see it after decoding."""
    return msgpack.unpackb(
        msgpack.packb(value, unicode_errors="surrogateescape"), unicode_errors="surrogateescape"
    )


def test_graph_file(document: Any, tmp_path: Path, schema: Any) -> None:
    graph = expand(document, root="/w")
    path = tmp_path / "graph.msgpack"
    write_graph(graph, path)
    records = list(read_graph(path))
    validator = schema("graph")
    for record in records:
        validator.validate(record)
    assert [record["record"] for record in records] == [
        *("graph", "step", "step", "instance", "instance", "instance", "end")
    ]
    header = records[0]
    assert (header["steps"], header["instances"], header["root"]) == (2, 3, None)
    features = ["failure", "launcher", "local_slots", "array", "user_throttle", "requeue"]
    features.append("output_path")
    assert header["requires"] == sorted(features)
    assert header["batch"]["user_throttle"] == 9
    assert records[1]["workspace"] == "a"
    assert records[3]["parameters"] == [["P", 1, "P.1"], ["Q", "x\udcff", "Q.x\udcff"]]
    assert records[3]["resources"] is None
    assert records[4]["resources"]["procs"] == 2
    assert records[5] == listed(
        {
            "record": "instance",
            "index": 2,
            "name": "b",
            "step": 1,
            "description": None,
            "parameters": [],
            "workspace": "b",
            "script": "b",
            "label": "b",
            "scheduled": False,
            "command": "x",
            "restart": "y",
            "resources": None,
            "needs": [],
            "groups": [0],
        }
    )
    assert records[6] == {"record": "end", "instances": 3}


def test_a_plain_graph_requires_only_who_knows_the_folder(make: Any, tmp_path: Path) -> None:
    write_graph(expand(make.spec(make.step("a", "x"))), tmp_path / "g")
    assert next(read_graph(tmp_path / "g"))["requires"] == ["output_path"]


def test_a_graph_holds_no_path_of_the_workspace(make: Any, tmp_path: Path) -> None:
    root = "/folder/of the/study"
    spec = make.spec(
        make.step("a", "$(OUTPUT_PATH) $(WORKSPACE) $(D) $(G) $(L)", restart="$(a.workspace)"),
        make.step("b", "$(a.workspace)", "a", resources={"qos": "$(L)"}),
        description="$(OUTPUT_PATH)",
        paths=[{"name": "D", "path": "$(OUTPUT_PATH)/d"}],
        git=[{"name": "G", "path": "$(OUTPUT_PATH)", "url": "u"}],
        labels={"L": "$(D)/l"},
        parameters={"P": [1, 2]},
    )
    for hashed in (False, True):
        write_graph(expand(spec, root=root, hash_workspaces=hashed), tmp_path / "g")
        assert root.encode() not in (tmp_path / "g").read_bytes()


def test_a_torn_graph(document: Any, tmp_path: Path) -> None:
    path = tmp_path / "graph.msgpack"
    write_graph(expand(document), path)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(FormatError, match="is not whole"):
        list(read_graph(path))
    path.write_bytes(b"")
    with pytest.raises(FormatError, match="is not a maestro-graph file"):
        list(read_graph(path))
    with pytest.raises(FormatError, match="cannot read"):
        list(read_graph(tmp_path / "none"))


@pytest.mark.parametrize(
    "damage",
    [b"\x91" * 100_000 + b"\x01", b"\xc1", b"\x05", b"\x81\xa1a\x01", b"\x81\x91\x01\x01"],
    ids=["deep", "reserved", "no map", "no record", "a list as key"],
)
def test_a_damaged_graph_is_refused(document: Any, tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "graph.msgpack"
    write_graph(expand(document), path)
    path.write_bytes(path.read_bytes() + damage)
    with pytest.raises(FormatError, match=r"graph\.msgpack is damaged"):
        list(read_graph(path))
