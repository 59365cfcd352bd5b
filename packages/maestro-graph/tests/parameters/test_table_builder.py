"""Grids, zipped groups, ranges and CSV files."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_graph import ParameterError, ParameterTable, build_table, expand
from maestro_graph.files.spec_file import Range
from maestro_graph.parameters.table_builder import range_values


def build(make: Any, *factors: Any, **more: Any) -> ParameterTable:
    return build_table(make.spec(make.step("s", "x"), parameters=list(factors), **more))


def factor(*columns: Any, csv: str | None = None) -> dict[str, Any]:
    return {"columns": list(columns), "csv": csv}


def rows(table: ParameterTable) -> list[tuple[Any, ...]]:
    return list(zip(*(column.values for column in table.columns), strict=True))


def test_none(make: Any) -> None:
    assert build(make) == ParameterTable(source="study", rows=0, columns=())


def test_the_upstream_form(make: Any) -> None:
    table = build(
        make, factor(make.column("A", [1, 2], label="a%%"), make.column("B", ["x", None]))
    )
    assert rows(table) == [(1, "x"), (2, None)]
    assert table.columns[0].labels == ("a1", "a2")
    assert table.columns[1].labels == ("B.x", "B.None")


def test_a_grid_of_zipped_groups(make: Any) -> None:
    table = build(
        make,
        factor(make.column("A", [1, 2]), make.column("B", [3, 4])),
        factor(make.column("C", ["x", "y", "z"])),
    )
    assert [column.name for column in table.columns] == ["A", "B", "C"]
    assert rows(table) == [
        (1, 3, "x"),
        (1, 3, "y"),
        (1, 3, "z"),
        (2, 4, "x"),
        (2, 4, "y"),
        (2, 4, "z"),
    ]
    assert table.columns[2].labels == ("C.x", "C.y", "C.z") * 2


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Range(start=1, stop=4, step=1), (1, 2, 3, 4)),
        (Range(start=1, stop=4, step=2), (1, 3)),
        (Range(start=4, stop=1, step=-1), (4, 3, 2, 1)),
        (Range(start=0, stop=0.3, step=0.1), (0.0, 0.1, 0.2, 0.3)),
        (Range(start=0, stop=1, step=0.5), (0.0, 0.5, 1.0)),
        (Range(start=0, stop=10, num=3), (0, 5, 10)),
        (Range(start=0, stop=1, num=3), (0.0, 0.5, 1.0)),
        (Range(start=1e-3, stop=1e-1, num=1), (1e-3,)),
    ],
)
def test_ranges(wanted: Range, expected: tuple[Any, ...]) -> None:
    values = range_values("P", wanted)
    assert values == expected
    assert [type(value) for value in values] == [type(value) for value in expected]


@given(
    start=st.decimals(-1000, 1000, places=3),
    step=st.decimals("0.001", 10, places=3),
    count=st.integers(1, 200),
)
def test_a_range_meets_its_end(start: Any, step: Any, count: int) -> None:
    stop = start + step * (count - 1)
    values = range_values("P", Range(start=float(start), stop=float(stop), step=float(step)))
    assert len(values) == count
    assert values[-1] == float(stop)
    evenly = range_values("P", Range(start=float(start), stop=float(stop), num=count))
    assert len(evenly) == count
    assert evenly[0] == float(start)


@pytest.mark.parametrize(
    "wanted",
    [
        Range(start=1, stop=0, step=1),
        Range(start=0, stop=1, step=0),
        Range(start=0, stop=1, num=0),
        Range(start=0, stop=1, step=1e-12),
        Range(start=0, stop=float("inf"), step=1),
    ],
)
def test_empty_and_endless_ranges(wanted: Range) -> None:
    with pytest.raises(ParameterError, match="the range of P"):
        range_values("P", wanted)


def test_a_csv_file(make: Any, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(
        '\ufeffSIZE,NAME,F\n1,"a, ""b""",0.5\n\n007,x y,1.50\n', encoding="utf-8"
    )
    table = build(
        make,
        factor(make.column("SIZE", None, label="s%%"), csv="table.csv"),
        factor(make.column("Q", [True])),
        specroot=str(tmp_path),
    )
    assert rows(table) == [(1, 'a, "b"', 0.5, True), ("007", "x y", "1.50", True)]
    assert table.columns[0].labels == ("s1", "s007")
    assert table.columns[1].labels == ('NAME.a, "b"', "NAME.x y")


def test_an_expansion_reads_no_csv_file(make: Any, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("P\n1\n2\n", encoding="utf-8")
    spec = make.spec(
        make.step("s", "echo $(P)"), parameters=[factor(csv="table.csv")], specroot=str(tmp_path)
    )
    with pytest.raises(ParameterError, match=r"table\.csv, and an expansion reads no files"):
        expand(spec)
    assert len(expand(spec, build_table(spec)).instances) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        ("", "is empty"),
        ("A,B\n1\n", "row 2 of .* has 1 values for 2 parameters"),
        ("A,A\n1,2\n", "parameter A is given twice"),
        ("A,\n1,2\n", "column 2 of .* has no name"),
        ("A\n", "A has no value"),
        ('A\n"1"x\n', "is no CSV file"),
        (b"A\n\xff\n", "is no CSV file"),
    ],
)
def test_csv_files_at_fault(make: Any, tmp_path: Path, content: Any, message: str) -> None:
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "table.csv").write_bytes(data)
    with pytest.raises(ParameterError, match=message):
        build(make, factor(csv="table.csv"), specroot=str(tmp_path))


def test_factors_that_do_not_fit(make: Any) -> None:
    with pytest.raises(ParameterError, match="A has 2, B has 1"):
        build(make, factor(make.column("A", [1, 2]), make.column("B", [1])))
    with pytest.raises(ParameterError, match="A is given twice"):
        build(make, factor(make.column("A", [1])), factor(make.column("A", [2])))
    with pytest.raises(ParameterError, match="A has no value"):
        build(make, factor(make.column("A", [])))
    with pytest.raises(ParameterError, match="A is without values"):
        build(make, factor(make.column("A", None)))
    with pytest.raises(ParameterError, match="the product"):
        build(make, *(factor(make.column(name, list(range(1000)))) for name in "ABC"))
