"""A value of numpy's that reaches a file or a command as another number, or breaks the file."""

from typing import Any

import numpy

from maestro_graph import ParameterGenerator
from maestro_graph.model.generator import table_of


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
