"""A table whose rows are in another order, are missing, or mix values of factors that do not fit."""

from pathlib import Path
from typing import Any

import pytest

from maestro_graph import ParameterError, ParameterTable, build_table, expand


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


def test_a_factor_in_a_csv_file(make: Any, tmp_path: Path) -> None:
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


def test_csv_files_that_do_not_fit(make: Any, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("A\n", encoding="utf-8")
    at = {"specroot": str(tmp_path)}
    with pytest.raises(ParameterError, match=r"B is no column of table\.csv"):
        build(make, factor(make.column("B", None), csv="table.csv"), **at)
    with pytest.raises(ParameterError, match="A has no value"):
        build(make, factor(csv="table.csv"), **at)
