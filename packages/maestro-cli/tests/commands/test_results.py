"""A row that is missing, mixed with another one, or of another study than the file says."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sqlite3
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.testing import attempt, write_history
from maestro_conductor.workspace.graph_file import read_graph

STUDY = """\
description: {name: yields, description: it yields}
study:
  - name: run
    description: runs
    run:
      cmd: "true $(SIZE) $(KIND)"
      results:
        - {file: out.json, keys: {energy: e.total, unit: unit}}
        - {file: $(SIZE).log, pattern: 'r = (?P<r>.*)', rows: all}
  - name: sum
    description: sums up
    run: {cmd: "true", depends: [run_*], results: [{file: sum.txt}]}
  - {name: other, description: yields nothing, run: {cmd: "true $(KIND)"}}
global.parameters:
  SIZE: {values: [1, 2, 3], label: SIZE.%%}
  KIND: {values: [a, "é,\\"x\\"", "3"], label: KIND.%%}
"""
HEAD = ["instance", "step", "SIZE", "KIND", "state", "run_time", "exit_code"]


@pytest.fixture
def yields(tmp_path: Path) -> Path:
    """Three instances that ran, of which the second failed, and what they left."""
    (tmp_path / "yields.yaml").write_text(STUDY, encoding="utf-8")
    assert app.main(["--no-logstdout", "run", "-n", "-o", "YIELDS", "yields.yaml"]) == 0
    root = tmp_path / "YIELDS"
    past = [*attempt(0, "FINISHED", 0), *attempt(1, "FAILED", 4), *attempt(2, "FINISHED", 0)]
    write_history(root, past)
    trees = ['{"e": {"total": -1.5}, "unit": "eV"}', "{", '{"e": 1}']
    for folder, tree in zip(folders_of(root), trees, strict=True):
        folder.mkdir(parents=True)
        (folder / "out.json").write_text(tree)
    first, _, third = folders_of(root)
    (first / "1.log").write_text("r = 0.5\nr = 1.0D-3\n")
    (third / "3.log").write_text("r = nan\n")
    return root


def folders_of(root: Path) -> list[Path]:
    return [root / workspace for workspace in read_graph(root).workspaces[:3]]


def table(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, str]]:
    assert app.main(["results", *words, "--format", "csv"]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_a_row_for_each_instance_of_the_steps_that_yield_something(yields, capsys):
    rows = table(capsys, str(yields))
    assert list(rows[0]) == [*HEAD, "energy", "unit", "r", "study"]
    assert [list(row.values()) for row in rows] == [
        ["run_KIND.a.SIZE.1", "run", "1", "a", "FINISHED", "90.0", "0", "-1.5", "eV", "0.001", str(yields)],
        ['run_KIND.é,"x".SIZE.2', "run", "2", 'é,"x"', "FAILED", "90.0", "4", "", "", "", str(yields)],
        ["run_KIND.3.SIZE.3", "run", "3", "3", "FINISHED", "90.0", "0", "", "", "nan", str(yields)],
        ["sum", "sum", "", "", "INITIALIZED", "", "", "", "", "", str(yields)],
    ]  # fmt: skip


def test_what_is_missing_is_counted(yields, capsys):
    assert app.main(["results", str(yields), "--format", "csv"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "energy: missing in 2 of 4 rows",
        "unit: missing in 2 of 4 rows",
        "r: missing in 1 of 4 rows",
        told[3],
        'run: 1.log: it is not there, in run_KIND.é,"x".SIZE.2',
        "sum: sum.txt: it is not there, in sum",
    ]
    assert told[3].startswith("run: out.json: it is no JSON: ")


def test_instances_are_chosen(yields, capsys):
    def names(*words):
        return [row["instance"] for row in table(capsys, str(yields), *words)]

    assert names("--where", "SIZE>2") == ["run_KIND.3.SIZE.3", "other_KIND.3"][:1]
    assert names("run", "--state", "FAILED") == ['run_KIND.é,"x".SIZE.2']
    assert names("sum") == ["sum"]
    assert len(names("--step", "other")) == 3
    assert app.main(["results", str(yields), "nothing"]) == 1
    assert "no step" in capsys.readouterr().err


def test_rows_of_a_file(yields, capsys):
    rows = table(capsys, str(yields), "run", "--rows")
    assert [(row["SIZE"], row["row"], row["energy"], row["r"]) for row in rows] == [
        ("1", "0", "-1.5", "0.5"), ("1", "1", "-1.5", "0.001"), ("2", "0", "", ""), ("3", "0", "", "nan"),
    ]  # fmt: skip
    assert app.main(["results", str(yields), "sum", "--rows"]) == 0
    assert "--rows changes nothing" in capsys.readouterr().err


def test_json_says_where_it_comes_from(yields, capsys):
    words = ["run", "--state", "finished,failed", "--format", "json"]
    assert app.main(["results", str(yields), *words]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(word))
    about = found["about"]
    assert (about["study"], about["folder"], about["rows"]) == ("yields", str(yields), 3)
    assert about["instances"] == "run state FAILED,FINISHED"
    assert [column["name"] for column in found["columns"]] == [*HEAD, "energy", "unit", "r"]
    assert {c["name"]: c["kind"] for c in found["columns"]}["KIND"] == "text"
    assert found["columns"][-1] == {"name": "r", "origin": "result", "kind": "float", "missing": 1}
    assert found["troubles"][0]["example"] == 'run_KIND.é,"x".SIZE.2'
    assert [row["r"] for row in found["rows"]] == [0.001, None, "NaN"]
    assert found["rows"][0]["energy"] == -1.5


def test_sqlite(yields, capsys):
    assert app.main(["results", str(yields), "run", "-o", "a.sqlite"]) == 0
    assert capsys.readouterr().out == "a.sqlite: 3 rows, 10 columns\n"
    base = sqlite3.connect("a.sqlite")
    rows = base.execute("select SIZE, KIND, energy, unit, r, run_time from results").fetchall()
    assert rows == [(1, "a", -1.5, "eV", 0.001, 90.0), (2, 'é,"x"', None, None, None, 90.0), (3, "3", None, None, "NaN", 90.0)]  # fmt: skip
    assert dict(base.execute("select name, value from about"))["folder"] == str(yields)
    missing = dict(base.execute("select name, missing from columns where origin = 'result'"))
    assert missing == {"energy": 2, "unit": 2, "r": 1}
    base.close()


def test_parquet(yields):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert app.main(["results", str(yields), "run", "-o", "a.parquet"]) == 0
    found = parquet.read_table("a.parquet")
    assert found.column("SIZE").to_pylist() == [1, 2, 3]
    assert found.column("KIND").to_pylist() == ["a", 'é,"x"', "3"]
    assert found.column("energy").to_pylist() == [-1.5, None, None]
    first, second, third = found.column("r").to_pylist()
    assert (first, second) == (0.001, None)
    assert math.isnan(third)
    assert str(found.schema.field("exit_code").type) == "int64"
    about = json.loads(found.schema.metadata[b"maestro"])
    assert about["about"]["folder"] == str(yields)


def test_without_pyarrow_that_is_said_before_anything_is_read(yields, capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert app.main(["results", str(yields), "-o", "a.parquet"]) == 1
    told = capsys.readouterr().err
    assert "Parquet files are written by pyarrow" in told
    assert "pip install pyarrow" in told
    assert not Path("a.parquet").exists()


def test_a_table_for_people(yields, capsys):
    assert app.main(["results", str(yields), "run"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == [*HEAD, "energy", "unit", "r"]
    assert rows[0].split() == ["run_KIND.a.SIZE.1", "run", "1", "a", "FINISHED", "90.0", "0", "-1.5", "eV", "0.001"]  # fmt: skip
    assert app.main(["results", str(yields), "run", "-o", "a.txt"]) == 0
    assert Path("a.txt").read_text().splitlines() == [head, *rows]


def test_an_amended_study_says_from_which_form_a_row_comes(yields, capsys):
    copy = yields / "yields.yaml"
    copy.write_text(copy.read_text().replace("unit: unit", "unit: unit, more: x"))
    assert app.main(["--no-logstdout", "amend", "-y", str(yields)]) == 0
    capsys.readouterr()
    rows = table(capsys, str(yields))
    assert list(rows[0]) == [*HEAD, "amendment", "energy", "unit", "more", "r", "study"]
    assert [row["amendment"] for row in rows] == ["0", "0", "0", ""]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "a.xls"], "does not say in which format"),
        (["--format", "sqlite"], "is no text"),
        (["--format", "parquet"], "is no text"),
        (["--state", "NONE"], "there is no state NONE"),
        (["--where", "x"], "--where"),
    ],
)
def test_what_makes_no_sense_is_refused(yields, capsys, words, message):
    assert app.main(["results", str(yields), *words]) == 64
    assert message in capsys.readouterr().err


def test_a_study_that_says_nothing_of_results(failed, capsys):
    assert app.main(["results", str(failed)]) == 1
    assert "no step of" in capsys.readouterr().err
    assert len(table(capsys, str(failed), "make")) == 3


def test_hostile_files_harm_no_table(yields, capsys):
    folders = folders_of(yields)
    for folder in folders:
        (folder / "out.json").unlink()
    os.mkfifo(folders[0] / "out.json")
    (folders[1] / "out.json").symlink_to("/etc/passwd")
    (folders[2] / "out.json").write_text(
        '{"e": {"total": "\\u001b[31m\\ud800=1+1"}, "unit": ["\\u202e"]}'
    )
    rows = table(capsys, str(yields), "run")
    assert [row["energy"] for row in rows] == ["", "", "\x1b[31m\ufffd\ufffd\ufffd=1+1"]
    assert app.main(["results", str(yields), "run"]) == 0
    told = capsys.readouterr()
    assert "\\x1b[31m" in told.out
    assert "\x1b" not in told.out + told.err
    assert "\u202e" not in told.out
    assert "it is a named pipe, not a file" in told.err
    assert "it is a link out of the workspace" in told.err
    for name in ("a.sqlite", "a.json", "a.csv"):
        assert app.main(["results", str(yields), "run", "-o", name]) == 0


def test_it_works_while_the_study_runs_and_before_it_starts(tmp_path, capsys):
    (tmp_path / "yields.yaml").write_text(STUDY, encoding="utf-8")
    assert app.main(["--no-logstdout", "run", "-n", "-o", "NEW", "yields.yaml"]) == 0
    capsys.readouterr()
    rows = table(capsys, "NEW")
    assert {row["state"] for row in rows} == {"QUEUED", "INITIALIZED"}
