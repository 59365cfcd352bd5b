"""Two columns of one name, or a value that is missing and not counted."""

from __future__ import annotations

import pytest

from maestro_cli.results.columns import MOST_COLUMNS, Column, Columns, unlike


def test_each_column_has_a_name_of_its_own():
    found = Columns(
        [("step", "instance"), ("state", "parameter"), ("state", "instance"), ("e", "result")]
    )
    for name in ("e", "step", "E", "result.step", "result.result.step"):
        found.place_of(name)
    assert [column.name for column in found.finished()] == [
        *("step", "state", "instance.state", "e", "result.step", "E", "result.result.step", "result.result.result.step")
    ]  # fmt: skip


def test_a_result_that_was_named_is_missing_where_no_file_has_it():
    found = Columns([("e", "result"), ("f", "result")])
    found.expect("a", ["e"])
    found.expect("b", ["f"])
    for step, value in (("a", 1), ("a", None), ("b", None)):
        found.count_row(step)
        if value is not None:
            found.count(found.place_of("e"), step, value)
    assert found.finished() == [Column("e", "result", "int", 1), Column("f", "result", "text", 1)]


def test_a_result_that_a_file_names_is_missing_in_rows_of_its_step_alone():
    found = Columns([])
    for step in ("a", "a", "b"):
        found.count_row(step)
    found.count(found.place_of("e"), "a", 1)
    assert found.finished() == [Column("e", "result", "int", 1)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], "int"), ([1, 2.5], "float"), ([1.5], "float"), ([True], "bool"), ([True, 1], "text"), (["a", 1], "text"),
        ([None], "text"), ([None, 1], "int"),
    ],
)  # fmt: skip
def test_a_kind_holds_all_values(values, kind):
    found = Columns([("e", "result")])
    for value in values:
        found.count(0, "a", value)
    assert found.finished()[0].kind == kind


def test_columns_without_end_are_left_out_and_those_that_were_named_are_not():
    found = Columns([("named", "result")])
    places = [found.place_of(f"c{number}") for number in range(MOST_COLUMNS + 2)]
    assert places == [*range(1, MOST_COLUMNS + 1), None, None]
    assert found.place_of("named") == 0
    assert len(found) == MOST_COLUMNS + 1
    assert found.left_out == {f"c{MOST_COLUMNS}", f"c{MOST_COLUMNS + 1}"}


def test_a_further_column():
    assert unlike("study", ["a"]) == "study"
    assert unlike("study", ["study", "maestro.study"]) == "maestro.maestro.study"
