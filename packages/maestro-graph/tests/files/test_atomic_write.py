"""The files of the workspace: to the letter of the format page, whole, replaced."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import msgpack
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from maestro_graph import (
    FormatError,
    build_table,
    expand,
    read_graph,
    read_parameters,
    read_spec,
    write_graph,
    write_meta,
    write_parameters,
)
from maestro_graph.files.atomic_write import packer, replaced, seal
from maestro_graph.files.yaml_text import flow


@pytest.fixture
def document(make: Any) -> Any:
    return make.spec(
        make.step("a", "$(P) $(Q)", resources={"procs": "$(P)", "requeue": True}),
        make.step("b", "x", "a_*", restart="y", failure={"retries": 2, "retry_codes": [3]}),
        parameters={"P": [1, 2], "Q": ["x\udcff", None]},
        batch={"type": "slurm", "launcher": "mpirun", "local_slots": 2, "array": True}
        | {"user_throttle": 9},
    )


def schema(vectors: Path, name: str) -> Any:
    folder = vectors.parent / "schemas"
    document = json.loads((folder / f"{name}.schema.json").read_text())
    checker = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    kind = jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=checker)
    return kind(document)


def listed(value: Any) -> Any:
    """As another program would see it after decoding."""
    return msgpack.unpackb(
        msgpack.packb(value, unicode_errors="surrogateescape"), unicode_errors="surrogateescape"
    )


def test_graph_file(document: Any, tmp_path: Path, vectors: Path) -> None:
    graph = expand(document, root="/w")
    path = tmp_path / "graph.msgpack"
    write_graph(graph, path)
    records = list(read_graph(path))
    validator = schema(vectors, "graph")
    for record in records:
        validator.validate(record)
    assert [record["record"] for record in records] == [
        *("graph", "step", "step", "instance", "instance", "instance", "end")
    ]
    header = records[0]
    assert (header["steps"], header["instances"], header["root"]) == (2, 3, "/w")
    features = ["failure", "launcher", "local_slots", "array", "user_throttle", "requeue"]
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


def test_a_plain_graph_requires_nothing(make: Any, tmp_path: Path) -> None:
    write_graph(expand(make.spec(make.step("a", "x"))), tmp_path / "g")
    assert next(read_graph(tmp_path / "g"))["requires"] == []


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


def test_parameters_file(document: Any, tmp_path: Path, vectors: Path) -> None:
    table = build_table(document)
    path = tmp_path / "parameters.msgpack"
    write_parameters(table, path)
    assert read_parameters(path) == table
    content = msgpack.unpackb(path.read_bytes(), unicode_errors="surrogateescape")
    schema(vectors, "parameters").validate(content)
    assert content["rows"] == 2


def test_the_next_minor_version_is_read(document: Any, tmp_path: Path) -> None:
    document |= {"version": [1, 7], "news": 1}
    document["steps"][0]["news"] = 2
    document["batch"]["news"] = 3
    (tmp_path / "spec").write_bytes(seal(packer().pack, document))
    assert len(expand(read_spec(tmp_path / "spec")).instances) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "maestro-graph"}, "spec.msgpack is not a maestro-spec file"),
        ({"version": [2, 0]}, r"has version 2\.0, maestro-graph .* reads version 1"),
        ({"requires": ["loops"]}, "needs `loops`, this maestro-graph .* does not know it"),
        ({"version": 1}, "`version` of its head is 1"),
        ({"version": ["1", 0]}, r"`version` of its head is \['1', 0\]"),
        ({"requires": "loops"}, "`requires` of its head is 'loops'"),
        ({"steps": [{"command": "x"}]}, "`name` of step 0 is not there, and must be a name"),
        ({"steps": 3}, "`steps` of the study is 3, and must be a list"),
    ],
)
def test_spec_files_that_are_refused(make: Any, change: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        expand(make.spec(make.step("s", "x")) | change)


def test_files_that_are_no_spec(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot read"):
        read_spec(tmp_path / "none")
    (tmp_path / "torn").write_bytes(b"\x82\xa1a")
    with pytest.raises(FormatError, match="no whole MessagePack document"):
        read_spec(tmp_path / "torn")
    (tmp_path / "list").write_bytes(b"\x90")
    with pytest.raises(FormatError, match="is not a maestro-spec file"):
        read_spec(tmp_path / "list")


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


def test_meta(document: Any, tmp_path: Path, vectors: Path) -> None:
    environ = {
        "HOME": "/home/a",
        "MY_TOKEN": "s3cret",
        "apikey": "s3cret",
        "DB_Password": "s3cret",
        "SSH_AUTH_SOCK": "s3cret",
        "ODD": 'a: "b"\n\x1b[0m\udcff €',
    }
    write_meta(expand(document, root="/w"), build_table(document), tmp_path, environ)
    loaded = {}
    for name in ("metadata", "parameters", "environment"):
        text = (tmp_path / "meta" / f"{name}.yaml").read_text(encoding="utf-8")
        assert "s3cret" not in text
        loaded[name] = yaml.safe_load(text)
        schema(vectors, {"parameters": "parameters-yaml"}.get(name, name)).validate(loaded[name])
    assert loaded["environment"] == {
        "environment": {"HOME": "/home/a", "ODD": environ["ODD"]},
        "left_out": 4,
    }
    assert (tmp_path / "meta" / "environment.yaml").stat().st_mode & 0o777 == 0o600
    assert loaded["metadata"]["name"] == "study"
    steps = loaded["metadata"]["steps"]
    assert steps["a"]["parameters"] == ["P", "Q"]
    assert steps["a"]["instances"]["a_P.2.Q.None"] == {"P": 2, "Q": None}
    assert steps["a"]["workspaces"]["a_P.2.Q.None"] == "a/P.2.Q.None"
    assert steps["b"] == {"parameters": [], "instances": {"b": {}}, "workspaces": {"b": "b"}}
    assert loaded["parameters"]["combinations"][1] == {"P": 2, "Q": None}
    assert loaded["parameters"]["parameters"]["P"] == {
        "title": "P",
        "values": [1, 2],
        "labels": ["P.1", "P.2"],
    }


def test_meta_without_parameters_and_with_long_names(make: Any, tmp_path: Path) -> None:
    document = make.spec(make.step("n" * 1100, "x"))
    write_meta(expand(document), build_table(document), tmp_path, {})
    loaded = yaml.safe_load((tmp_path / "meta" / "metadata.yaml").read_text())
    assert list(loaded["steps"]["n" * 1100]["instances"]) == ["n" * 1100]
    assert yaml.safe_load((tmp_path / "meta" / "parameters.yaml").read_text()) == {
        "parameters": {},
        "combinations": [],
    }
    assert yaml.safe_load((tmp_path / "meta" / "environment.yaml").read_text()) == {
        "environment": {},
        "left_out": 0,
    }


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(VALUES)
def test_any_value_as_yaml(value: Any) -> None:
    text = flow(value)
    assert "\n" not in text
    loaded = yaml.safe_load(text)
    assert loaded == value
    assert repr(loaded) == repr(value)


@pytest.mark.parametrize(
    "text",
    ["1e-05", "yes", "2020-01-01", "12:30:45", "~", "a: b", "\ufeff", "\x85\u2028", "\udc80"],
)
def test_texts_that_look_like_something_else(text: str) -> None:
    assert yaml.safe_load(flow([text])) == [text]


@pytest.mark.parametrize("number", [1e-05, 1e22, float("inf"), -float("inf"), 1.5e300, 5e-324])
def test_numbers_that_yaml_reads_oddly(number: float) -> None:
    assert yaml.safe_load(flow(number)) == number
