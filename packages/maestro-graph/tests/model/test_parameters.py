"""The table: generators, combinations, labels."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

from maestro_graph import ParameterError, ParameterGenerator
from maestro_graph.model.generator import Combination, table_of
from maestro_graph.model.parameters import make_labels


def test_a_filled_generator() -> None:
    generator = ParameterGenerator()
    assert not generator
    generator.add_parameter("P", [1, 2], "p%%x%%", "The P")
    generator.add_parameter("Q", (0.5, True))
    generator.add_parameter("R", range(2), ["one", "two"])
    assert generator
    table = table_of(generator)
    assert table.source == "pgen"
    assert table.rows == 2
    first, second, third = table.columns
    assert (first.name, first.title) == ("P", "The P")
    assert first.values == (1, 2)
    assert first.labels == ("p1x1", "p2x2")
    assert second.labels == ("Q.0.5", "Q.True")
    assert third.labels == ("one", "two")
    assert third.title == "R"


def test_other_marks() -> None:
    generator = ParameterGenerator("@", "##")
    generator.add_parameter("P", [1], "p##")
    (row,) = generator
    assert row.apply("@(P) $(P) @(P.label)") == "1 $(P) p1"


def test_a_parameter_of_another_length() -> None:
    generator = ParameterGenerator()
    generator.add_parameter("P", [1, 2])
    with pytest.raises(ValueError, match="parameter Q has 1 values, the others have 2"):
        generator.add_parameter("Q", [1])


def test_a_parameter_given_again_replaces_the_first() -> None:
    generator = ParameterGenerator()
    generator.add_parameter("P", [1, 2])
    generator.add_parameter("P", [3, 4])
    assert table_of(generator).columns[0].values == (3, 4)


def test_a_generator_of_ones_own_leaves_rows_out() -> None:
    class Odd(ParameterGenerator):
        def get_combinations(self) -> Iterator[Combination]:
            for row in super().get_combinations():
                if dict(row.get_param_values(["P"]))["P"] % 2:
                    yield row

    generator = Odd()
    generator.add_parameter("P", [1, 2, 3])
    assert table_of(generator).columns[0].values == (1, 3)


def test_a_generator_without_rows() -> None:
    assert table_of(ParameterGenerator()).rows == 0
    generator = ParameterGenerator()
    generator.add_parameter("P", [])
    with pytest.raises(ParameterError, match="not one combination"):
        table_of(generator)


def test_combinations() -> None:
    generator = ParameterGenerator()
    generator.add_parameter("B", [1], "b%%", "Bee")
    generator.add_parameter("A", ["x"])
    (row,) = generator
    assert str(row) == "b1.A.x"
    assert row.get_param_string({"B", "A"}) == "A.x.b1"
    assert row.apply("$(A) $(B.label) $(B.name) $(C)") == "x b1 Bee $(C)"


def test_as_many_labels_as_values() -> None:
    with pytest.raises(ParameterError, match="P has 2 values but 1 labels"):
        make_labels("P", [1, 2], ["x"])


class Scalar:
    """As much of a numpy scalar as counts."""

    ndim = 0

    def __init__(self, kind: str, value: Any, text: str) -> None:
        self.dtype = type("dtype", (), {"kind": kind})
        self.value, self.text = value, text

    def item(self) -> Any:
        return self.value

    tolist = item

    def __str__(self) -> str:
        return self.text


class Array(list[Any]):
    """As much of a numpy array as counts."""

    dtype = object()
    ndim = 1

    def tolist(self) -> list[Any]:
        raise AssertionError("would turn a float32 of 0.1 into 0.10000000149011612")


def test_numpy_values_become_plain_ones() -> None:
    generator = ParameterGenerator()
    generator.add_parameter(
        "P",
        Array(
            [
                Scalar("i", 3, "3"),
                Scalar("f", 0.10000000149011612, "0.1"),
                Scalar("b", True, "True"),
                Scalar("M", object(), "2026-01-01T00:00"),
                Array([Scalar("i", 1, "1")]),
            ]
        ),
    )
    column = table_of(generator).columns[0]
    assert column.values == (3, 0.1, True, "2026-01-01T00:00", [1])
    assert [type(value) for value in column.values] == [int, float, bool, str, list]
    assert column.labels[1] == "P.0.1"


def test_numpy_itself() -> None:
    generator = ParameterGenerator()
    generator.add_parameter("P", numpy.linspace(0, 1, 3, dtype="float32"))
    assert table_of(generator).columns[0].values == (0.0, 0.5, 1.0)


def test_values_that_no_file_can_hold_become_texts() -> None:
    generator = ParameterGenerator()
    generator.add_parameter("P", [2**70, 1j, {"a": (1, None)}])
    assert table_of(generator).columns[0].values == (str(2**70), "1j", {"a": [1, None]})


def test_labels_are_those_of_the_vectors(vectors: Path) -> None:
    rule = json.loads((vectors / "labels.json").read_text())
    assert rule["columns"]
    for case in rule["columns"]:
        assert list(make_labels("P", case["values"], case["label"])) == case["labels"], case
    for case in rule["not_labels"]:
        with pytest.raises(ParameterError, match="labels"):
            make_labels("P", case["values"], case["label"])
