"""Rows that are merged although they differ, or run twice although they are one."""

from __future__ import annotations

import pytest

from maestro_graph import ParameterTable, TableColumn, Value
from maestro_graph.expansion.combinations import cells, combine


def column(name: str, values: tuple[object, ...], labels: tuple[str, ...]) -> TableColumn:
    return TableColumn(name=name, title=name, values=values, labels=labels)  # type: ignore[arg-type]


TABLE = ParameterTable(
    rows=4,
    columns=(
        column("P", (1, 1, 2, "1"), ("p1", "p1", "p2", "p1")),
        column("N", (5, 6, 5, 5), ("n", "n", "n5", "n")),
    ),
)


def test_rows_of_one_string_are_one_combination_the_first_of_them() -> None:
    found = combine(TABLE, {"P"})
    assert (found.names, found.folders) == (["p1", "p2"], ["p1", "p2"])
    assert (found.rows, found.of_row) == ([0, 2], [0, 0, 1, 0])
    # 1 and "1" give commands the same text.
    assert found.merged == ()


def test_labels_are_joined_in_the_order_of_the_names() -> None:
    found = combine(TABLE, {"P", "N"})
    assert found.parameters == ("N", "P")
    assert found.names == ["n.p1", "n5.p2"]
    assert found.merged == ((0, 1),)


@pytest.mark.parametrize(("name", "label"), [("P", "p2"), ("N", "n5")])
def test_cells_are_the_values_with_their_labels(name: str, label: str) -> None:
    assert cells(TABLE)[name][2] == Value(name, {"P": 2, "N": 5}[name], label)
