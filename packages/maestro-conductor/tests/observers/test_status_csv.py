"""Would catch a row that readers misread, or a file that is written too often or not at the end."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import msgpack

from maestro_conductor.core.study_state import StudyState
from maestro_conductor.observers.status_csv import COLUMNS, StatusFile, duration, rows
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.checksums import seal
from maestro_conductor.workspace.graph_file import read_graph


def test_a_finished_study_has_a_row_per_instance(tmp_path, run):
    make_workspace(tmp_path, [StepPlan("a", ["x", "y"]), StepPlan("b", funnels=["a"])])
    assert run(tmp_path) == 0
    content = (tmp_path / "status.csv").read_bytes()
    assert b"\r" not in content
    found = list(csv.DictReader(io.StringIO(content.decode())))
    assert ",".join(found[0]) + "\n" == COLUMNS
    assert [(row["Step Name"], row["Workspace"], row["State"], row["Params"]) for row in found] == [
        ("a_N.0", "a/N.0", "FINISHED", "N:0"),
        ("a_N.1", "a/N.1", "FINISHED", "N:1"),
        ("b", "b", "FINISHED", ""),
    ]
    assert re.fullmatch(r"\d+", found[0]["Job ID"])
    assert found[0]["Run Time"] == "0d:00h:00m:00s"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", found[0]["Start Time"])


def test_a_value_is_quoted_only_where_it_must_be(tmp_path):
    make_workspace(tmp_path, [StepPlan("a", ["x", "y"])])
    path = tmp_path / ".maestro/graph.msgpack"
    records = list(msgpack.Unpacker(io.BytesIO(path.read_bytes())))
    records[2]["parameters"] = [["N", 'a,b "c"\nd', "N.0"]]
    path.write_bytes(b"".join(seal(msgpack.packb, record) for record in records))
    graph = read_graph(tmp_path)
    made = list(rows(graph, StudyState(2), 0, 0, 2))
    assert made[0].endswith(',"N:a,b ""c""\nd"\n')
    assert made[1] == "a_N.1,--,a/N.1,INITIALIZED,--:--:--,--:--:--,--,--,--,0,N:1\n"


def test_durations():
    assert duration(((2 * 24 + 3) * 60 * 60 + 4 * 60 + 5) * 1000) == "2d:03h:04m:05s"
    assert duration(-5000) == "0d:00h:00m:00s"


def test_it_is_not_written_while_nothing_changes(tmp_path):
    graph = read_graph(make_workspace(tmp_path, [StepPlan("a")]))
    state = StudyState(1)
    file = StatusFile(tmp_path, graph, state)
    file.work(10.0, 0)
    first = (tmp_path / "status.csv").stat().st_ino
    assert file.due() is None
    file.work(1000.0, 0)
    assert (tmp_path / "status.csv").stat().st_ino == first
    state.mark_queued(0)
    assert 11.0 <= file.due() <= 70.0
    file.work(10.5, 0)
    assert (tmp_path / "status.csv").stat().st_ino == first
    file.work(71.0, 0)
    assert "QUEUED" in (tmp_path / "status.csv").read_text()


def test_a_big_study_is_written_in_slices(tmp_path):
    graph = read_graph(make_workspace(tmp_path, [StepPlan("a", ["x"] * 5000)]))
    file = StatusFile(tmp_path, graph, StudyState(5000))
    turns = 0
    while not Path(tmp_path / "status.csv").exists():
        assert file.due() == 0.0
        file.work(10.0, 0)
        turns += 1
    assert turns == 3
    assert len((tmp_path / "status.csv").read_text().splitlines()) == 5001


def test_durations_are_those_of_the_vectors(vectors):
    for case in vectors("durations")["durations"]:
        assert duration(case["ms"]) == case["text"], case
