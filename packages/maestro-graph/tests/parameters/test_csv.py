"""A CSV file whose cells reach commands other than they are written, or whose faults pass."""

import json
from pathlib import Path
from typing import Any

import pytest

from maestro_graph import ParameterError
from maestro_graph.parameters.csv import read_csv


def test_cells_come_out_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(
        '\ufeffSIZE,NAME,F,G\n1,"a, ""b""",0.5,True\n\n007,x y,1.50,true\n', encoding="utf-8"
    )
    assert read_csv(str(tmp_path / "table.csv")) == {
        "SIZE": (1, "007"),
        "NAME": ('a, "b"', "x y"),
        "F": (0.5, "1.50"),
        "G": (True, "true"),
    }


def test_a_file_of_names_alone_has_no_values(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("A,B\n", encoding="utf-8")
    assert read_csv(str(tmp_path / "table.csv")) == {"A": (), "B": ()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        ("", "is empty"),
        ("A,B\n1\n", "row 2 of .* has 1 values for 2 parameters"),
        ("A,A\n1,2\n", "parameter A is given twice"),
        ("A,\n1,2\n", "column 2 of .* has no name"),
        ('A\n"1"x\n', "is no CSV file"),
        (b"A\n\xff\n", "is no CSV file"),
    ],
)
def test_csv_files_at_fault(tmp_path: Path, content: Any, message: str) -> None:
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "table.csv").write_bytes(data)
    with pytest.raises(ParameterError, match=message):
        read_csv(str(tmp_path / "table.csv"))


def test_vectors(vectors: Path, tmp_path: Path) -> None:
    rule = json.loads((vectors / "csv_tables.json").read_text())
    assert rule["tables"]
    path = tmp_path / "table.csv"
    for case in rule["tables"]:
        path.write_bytes(case["text"].encode("utf-8", "surrogateescape"))
        table = read_csv(str(path))
        assert list(table) == case["names"], case
        rows = [list(map(str, row)) for row in zip(*table.values(), strict=True)]
        assert rows == case["rows"], case
    for case in rule["not_tables"]:
        path.write_bytes(case["text"].encode("utf-8", "surrogateescape"))
        with pytest.raises(ParameterError):
            read_csv(str(path))
