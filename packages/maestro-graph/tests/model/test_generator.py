"""A table that is not the one that a user's generator file filled."""

from collections.abc import Iterator

import pytest

from maestro_graph import ParameterError, ParameterGenerator
from maestro_graph.model.generator import Combination, table_of


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
