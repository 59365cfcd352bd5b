"""A file of a stranger's that is expanded, or refused without its key, place and value."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgpack
import pytest

from maestro_graph import FormatError, build_table, read_parameters, read_spec, write_parameters
from maestro_graph.cli import main
from maestro_graph.files.checksums import seal
from maestro_graph.files.map_file import packer


@pytest.fixture
def document(make: Any) -> Any:
    git = {"name": "G", "path": ".", "url": "u", "tag": None, "hash": None, "branch": None}
    spec = make.spec(
        make.step("a", "$(P)", resources={"procs": 1}),
        make.step("b", "x", "a_*", failure={"retries": 2}),
        parameters={"P": [1, 2], "Q": ["x", None]},
        variables={"V": 1},
        paths=[{"name": "D", "path": "."}],
        git=[git],
    )
    spec["parameters"][0]["columns"][0] |= {
        "values": None,
        "range": {"start": 1, "stop": 2, "step": 1, "num": None},
    }
    return spec


def sealed(path: Path, document: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(seal(packer().pack, document | {"version": [1, 1]}))
    return path


def at(document: Any, *keys: Any) -> Any:
    for key in keys:
        document = document[key]
    return document


#: where, key, value, what is said of it
WRONG: list[tuple[tuple[Any, ...], str, Any, str]] = [
    ((), "name", None, "`name` of the study is nil, and must be a name"),
    ((), "name", "", "`name` of the study is ''"),
    ((), "specroot", 1, "`specroot` of the study is 1, and must be a text"),
    ((), "env", [], r"`env` of the study is \[\], and must be a map"),
    ((), "steps", {}, "`steps` of the study is {}, and must be a list"),
    ((), "extra", [], r"`extra` of the study is \[\]"),
    (("env",), "variables", [["V"]], r"`variables` of env is \[\['V'\]\]"),
    (("env",), "variables", [["V", []]], "`variables` of env is"),
    (("env",), "labels", {"V": 1}, "`labels` of env is {'V': 1}"),
    (("env",), "git", ["x"], "git dependency 0 is 'x', and must be a map"),
    (("env", "paths", 0), "path", None, r"`path` of path dependency 0 \(D\) is nil"),
    (("env", "git", 0), "url", 5, r"`url` of git dependency 0 \(G\) is 5"),
    (("parameters", 0), "csv", 1, "`csv` of factor 0 of the parameters is 1"),
    (("parameters", 0), "columns", "P", "`columns` of factor 0 of the parameters is 'P'"),
    (
        ("parameters", 0, "columns", 1),
        "values",
        3,
        r"`values` of column 1 \(Q\) of factor 0 of the parameters is 3, and must be a list",
    ),
    (("parameters", 0, "columns", 1), "label", [1], r"`label` of column 1 \(Q\) .* is \[1\]"),
    (
        ("parameters", 0, "columns", 0, "range"),
        "start",
        "1",
        r"`start` of the range of column 0 \(P\) of factor 0 of the parameters is '1'",
    ),
    (("parameters", 0, "columns", 0, "range"), "num", -1, "`num` of the range of column 0"),
    (("steps", 1), "command", None, r"`command` of step 1 \(b\) is nil"),
    (
        ("steps", 1),
        "depends",
        "a",
        r"`depends` of step 1 \(b\) is 'a', and must be a list of texts",
    ),
    (("steps", 1), "restart", [], r"`restart` of step 1 \(b\) is \[\]"),
    (("steps", 0), "name", 7, "`name` of step 0 is 7"),
    (("steps", 0), "resources", 7, r"`resources` of step 0 \(a\) is 7"),
    (("steps", 0, "resources"), "procs", [1], r"`procs` of the resources of step 0 \(a\) is \[1\]"),
    (("steps", 0, "resources"), "requeue", 1, "`requeue` of the resources of step 0"),
    (("steps", 0, "resources"), "launcher_args", "x", "`launcher_args` of the resources of step 0"),
    (
        ("steps", 1, "failure"),
        "retries",
        -1,
        r"`retries` of the failure rules of step 1 \(b\) is -1",
    ),
    (("steps", 1, "failure"), "retry_pause", float("nan"), "`retry_pause` of .* is nan"),
    (("steps", 1, "failure"), "success_codes", ["0"], "`success_codes` of the failure rules"),
    (("steps", 1, "failure"), "allow_failure", 1, "`allow_failure` of the failure rules"),
    (("batch",), "type", 3, "`type` of the batch block is 3"),
    (("batch",), "local_slots", True, "`local_slots` of the batch block is True"),
    (("batch",), "array", "yes", "`array` of the batch block is 'yes'"),
]


@pytest.mark.parametrize(("where", "key", "value", "said"), WRONG)
def test_a_study_that_cannot_be_expanded_is_refused(
    document: Any, tmp_path: Path, capsys: Any, where: Any, key: str, value: Any, said: str
) -> None:
    path = tmp_path / ".maestro" / "spec.msgpack"
    read_spec(sealed(path, document))
    at(document, *where)[key] = value
    sealed(path, document)
    with pytest.raises(FormatError, match=said) as refusal:
        read_spec(path)
    assert str(path) in str(refusal.value)
    assert main(["expand", str(tmp_path)]) == 1
    assert f"error: {refusal.value}\nhint: " in capsys.readouterr().err
    assert not (tmp_path / ".maestro" / "graph.msgpack").exists()


TABLE: list[tuple[tuple[Any, ...], str, Any, str]] = [
    (
        (),
        "source",
        "thin air",
        "`source` of the table is 'thin air', and must be 'study' or 'pgen'",
    ),
    ((), "rows", -1, "`rows` of the table is -1"),
    ((), "rows", 3, r"`values` of column 0 \(P\) is \[1, 2\], 2 of them, and the table has 3 rows"),
    ((), "columns", None, "`columns` of the table is nil, and must be a list"),
    ((), "columns", [3], "column 0 is 3, and must be a map"),
    (("columns", 0), "values", "12", r"`values` of column 0 \(P\) is '12'"),
    (("columns", 1), "labels", ["a"], r"`labels` of column 1 \(Q\) is \['a'\], 1 of them"),
    (("columns", 1), "labels", [1, 2], r"`labels` of column 1 \(Q\) is \[1, 2\]"),
    (("columns", 1), "name", "P", r"`name` of column 1 \(P\) is 'P', as that of a column before"),
    (("columns", 1), "title", None, r"`title` of column 1 \(Q\) is nil"),
]


@pytest.mark.parametrize(("where", "key", "value", "said"), TABLE)
def test_a_table_that_cannot_be_used_is_refused(
    make: Any, tmp_path: Path, where: Any, key: str, value: Any, said: str
) -> None:
    table = build_table(make.spec(make.step("a", "x"), parameters={"P": [1, 2], "Q": ["x", None]}))
    path = tmp_path / "parameters.msgpack"
    write_parameters(table, path)
    document = msgpack.unpackb(path.read_bytes())
    at(document, *where)[key] = value
    sealed(path, document)
    with pytest.raises(FormatError, match=said) as refusal:
        read_parameters(path)
    assert str(path) in str(refusal.value)


def test_what_is_absent_or_nil_takes_its_default(document: Any, tmp_path: Path) -> None:
    bare = copy.deepcopy(document)
    for key in ("description", "extra", "source", "specroot", "env", "parameters", "batch"):
        del bare[key]
    bare["steps"] = [{"name": "a", "command": "x", "resources": None, "news": 1}]
    assert read_spec(sealed(tmp_path / "spec", bare))["steps"][0]["news"] == 1
    for key in ("env", "parameters", "batch"):
        bare[key] = None
    read_spec(sealed(tmp_path / "spec", bare))
