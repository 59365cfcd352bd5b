"""What a stranger may have written into a workspace is refused by key, place and value, never run.

A fault here would be a study that hangs, that runs outside its folder, or a traceback.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgpack
import pytest

from maestro_conductor.app.command import main
from maestro_conductor.errors import FormatError
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.checksums import seal
from maestro_conductor.workspace.field_checks import is_inside
from maestro_conductor.workspace.graph_file import read_graph
from maestro_conductor.workspace.run_file import read_run

PLANS = [
    StepPlan("a", ["true", "true"], resources={"nodes": 1}),
    StepPlan("b", ["true", "true"], needs=["a"], restart="true"),
    StepPlan("c", funnels=["b"]),
]
#: places of the records: the graph, three steps, five instances, the end
GRAPH, STEP, INSTANCE = 0, 1, 4


def rewrite(root: Path, change: Any) -> Path:
    """Change the records of a graph; what comes of it is written back."""
    path = root / ".maestro" / "graph.msgpack"
    unpacker = msgpack.Unpacker()
    unpacker.feed(path.read_bytes())
    records = list(unpacker)
    change(records)
    path.write_bytes(b"".join(sealed(record) for record in records))
    return path


def sealed(record: Any) -> bytes:
    return seal(msgpack.packb, record) if isinstance(record, dict) else msgpack.packb(record)


def put(place: int, key: str, value: Any) -> Any:
    """A change: one field of one record."""
    return lambda records: records[place].update({key: value})


def put_inside(place: int, key: str, inner: str, value: Any) -> Any:
    """A change: one field of a map in a record."""
    return lambda records: records[place][key].update({inner: value})


WRONG = {
    "steps is no number": (put(GRAPH, "steps", "3"), "`steps` of the graph is '3'"),
    "instances is negative": (put(GRAPH, "instances", -1), "`instances` of the graph is -1"),
    "no name": (put(GRAPH, "name", 5), "`name` of the graph is 5"),
    "batch is no map": (put(GRAPH, "batch", []), r"`batch` of the graph is \[\]"),
    "type of the batch": (put_inside(GRAPH, "batch", "type", None), "`type` of the batch block"),
    "slots": (put_inside(GRAPH, "batch", "local_slots", -1), "`local_slots` of the batch block is -1"),
    "index of a step": (put(STEP, "index", 1), "`index` of step a is 1"),
    "first of a step": (put(STEP + 1, "first", 1), "`first` of step b is 1"),
    "count of the last": (put(STEP + 2, "count", 9), "`count` of step 2 is 9"),
    "count of the first": (put(STEP, "count", 3), "`first` of step b is 2"),
    "name of a step": (put(STEP, "name", None), "`name` of step 0 is None"),
    "retries": (put_inside(STEP, "failure", "retries", -1), "`retries` of step a is -1"),
    "retries as a text": (put_inside(STEP, "failure", "retries", "2"), "`retries` of step a is '2'"),
    "pause": (
        put_inside(STEP, "failure", "retry_pause", float("nan")),
        "`retry_pause` of step a is nan",
    ),
    "codes": (put_inside(STEP, "failure", "success_codes", ["x"]), "`success_codes` of step a"),
    "allowed": (put_inside(STEP, "failure", "allow_failure", 1), "`allow_failure` of step a is 1"),
    "nodes": (put_inside(STEP, "resources", "nodes", [2]), r"`nodes` of step a is \[2\]"),
    "needs itself": (put(INSTANCE, "needs", [0]), r"`needs` of instance 0 \(a_N.0\) is \[0\]"),
    "needs a later one": (put(INSTANCE, "needs", [3]), r"`needs` of instance 0 \(a_N.0\) is \[3\]"),
    "needs none that is": (put(INSTANCE + 4, "needs", [99]), r"`needs` of instance 4 \(c\)"),
    "needs minus one": (put(INSTANCE + 2, "needs", [-1]), r"`needs` of instance 2 .* is \[-1\]"),
    "needs a name": (put(INSTANCE + 2, "needs", ["a"]), r"`needs` of instance 2"),
    "needs is a number": (put(INSTANCE + 2, "needs", 0), "`needs` of instance 2 is 0"),
    "group of itself": (put(INSTANCE + 4, "groups", [2]), r"`groups` of instance 4 \(c\) is \[2\]"),
    "group beyond": (put(INSTANCE + 4, "groups", [7]), r"`groups` of instance 4 \(c\) is \[7\]"),
    "group minus one": (put(INSTANCE + 4, "groups", [-1]), r"`groups` of instance 4"),
    "name twice": (put(INSTANCE + 1, "name", "a_N.0"), "`name` of instance 1 is 'a_N.0', as that of instance 0"),
    "workspace twice": (put(INSTANCE + 1, "workspace", "a/N.0"), "`workspace` of instance 1 is 'a/N.0'"),
    "workspace above": (put(INSTANCE, "workspace", "../x"), r"`workspace` of instance 0 \(a_N.0\) is '../x'"),
    "workspace out": (put(INSTANCE, "workspace", "a/../../x"), "`workspace` of instance 0"),
    "workspace absolute": (put(INSTANCE, "workspace", "/tmp/x"), "`workspace` of instance 0"),
    "workspace empty": (put(INSTANCE, "workspace", ""), "`workspace` of instance 0"),
    "workspace of ours": (put(INSTANCE + 4, "workspace", ".maestro/x"), "`workspace` of instance 4"),
    "workspace is a number": (put(INSTANCE, "workspace", 7), "`workspace` of instance 0"),
    "script elsewhere": (put(INSTANCE, "script", "../../x"), "`script` of instance 0 is '../../x'"),
    "label elsewhere": (put(INSTANCE, "label", "b/x"), "`label` of instance 0 is 'b/x'"),
    "another step": (put(INSTANCE, "step", 1), r"`step` of instance 0 \(a_N.0\) is 1"),
    "no such step": (put(INSTANCE, "step", -1), "`step` of instance 0 is -1"),
    "scheduled": (put(INSTANCE, "scheduled", 2), "`scheduled` of instance 0 is 2"),
    "command": (put(INSTANCE, "command", None), "`command` of instance 0 is None"),
    "restart": (put(INSTANCE, "restart", ["x"]), r"`restart` of instance 0 is \['x'\]"),
    "parameters": (put(INSTANCE, "parameters", [1]), r"`parameters` of instance 0 is \[1\]"),
    "own resources": (put(INSTANCE, "resources", 3), "`resources` of instance 0 is 3"),
    "a field of them": (put(INSTANCE, "resources", {"procs": [1]}), r"`procs` of instance 0 .* is \[1\]"),
    "no needs": (lambda records: records[INSTANCE].pop("needs"), "instance 0 lacks `needs`"),
    "no command": (lambda records: records[INSTANCE].pop("command"), "instance 0 lacks `command`"),
    "a step that is no map": (lambda records: records.__setitem__(STEP, 3), "the checksum of step 0 is missing"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_graph_that_cannot_be_run_is_refused(tmp_path, capsys, kind):
    change, message = WRONG[kind]
    rewrite(make_workspace(tmp_path, PLANS), change)
    with pytest.raises(FormatError, match=message):
        read_graph(tmp_path)
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "graph.msgpack" in said


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("throttle", -1),
        ("throttle", 2**54),
        ("throttle", 1.5),
        ("rlimit", "1"),
        ("rlimit", True),
        ("attempts", -3),
        ("sleep", -1),
        ("sleep", float("nan")),
        ("sleep", 1e9),
        ("usetmp", 1),
        ("dry", None),
        ("study_id", "../../../etc"),
        ("study_id", 3),
    ],
)
def test_settings_out_of_their_range_are_refused(tmp_path, key, value):
    make_workspace(tmp_path, PLANS, run={key: value})
    with pytest.raises(FormatError, match=rf"run\.msgpack cannot be run: `{key}` of the study is"):
        read_run(tmp_path)


@pytest.mark.parametrize(
    "result",
    [
        {"file": "../e"}, {"file": "/e"}, {"file": 1}, {"file": "e", "required": 1}, {"file": "e", "keys": ["a"]},
        {"file": "e", "pattern": 1}, "e",
    ],
)  # fmt: skip
@pytest.mark.parametrize("record", [1, INSTANCE])
def test_a_result_that_is_none_is_refused(tmp_path, record, result):
    plain = {"format": None, "keys": None, "pattern": None, "rows": "last", "required": False}
    found = [{**plain, **result}] if isinstance(result, dict) else [result]

    def add(records: list[Any]) -> None:
        crc = records[record].pop("crc", 0)  # it stays the last field
        records[record] |= {"results": found, "crc": crc}

    rewrite(make_workspace(tmp_path, PLANS), add)
    with pytest.raises(FormatError, match="result 0 of "):
        read_graph(tmp_path)


def test_what_is_right_passes(tmp_path):
    make_workspace(tmp_path, PLANS)
    graph = read_graph(tmp_path)
    assert graph.names == ["a_N.0", "a_N.1", "b_N.0", "b_N.1", "c"]
    # Names of any kind, and files called otherwise, are no fault; unknown fields are ignored.
    rewrite(tmp_path, put(INSTANCE, "name", "a / b"))
    rewrite(tmp_path, put(INSTANCE, "workspace", "a/.hidden/..x"))
    rewrite(tmp_path, put(INSTANCE, "resources", {"procs": 2, "new": [1]}))
    again = read_graph(tmp_path)
    assert (again.names[0], again.workspaces[0]) == ("a / b", "a/.hidden/..x")


@pytest.mark.parametrize("path", ["a", "a/b", "a/..b", "a/b.", "...", ".hidden/a", "x.maestro/a"])
def test_paths_inside(path):
    assert is_inside(path)


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "/a", "a/", "a//b", "../a", "a/..", "a/./b", "a/../b", "a\0", ".maestro"],
)
def test_paths_that_lead_out(tmp_path, path):
    """The quick look at all paths together misses none that the look at one finds."""
    assert not is_inside(path)
    rewrite(make_workspace(tmp_path, PLANS), put(INSTANCE + 1, "workspace", path))
    with pytest.raises(FormatError, match="`workspace` of instance 1"):
        read_graph(tmp_path)


def test_a_change_changes_one_thing(tmp_path):
    """What the changes above start from is right."""
    records: list[Any] = []
    rewrite(make_workspace(tmp_path, PLANS), lambda found: records.extend(copy.deepcopy(found)))
    assert [each.get("record") for each in records] == [
        "graph",
        *["step"] * 3,
        *["instance"] * 5,
        "end",
    ]
