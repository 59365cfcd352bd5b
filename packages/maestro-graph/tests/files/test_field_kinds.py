"""A kind of value that takes what the format page excludes, or refuses what it allows."""

from __future__ import annotations

from typing import Any

import pytest

from maestro_graph.files import field_kinds as kinds


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (kinds.TEXT, ["", "a"], [1, b"a", []]),
        (kinds.NAME, ["a"], ["", 1]),
        (kinds.COUNT, [0, 7], [-1, 1.0, True, "1"]),
        (kinds.NUMBER, [0, -1.5], [True, float("inf"), float("nan"), "1"]),
        (kinds.PAUSE, [0, 1.5], [-1]),
        (kinds.FLAG, [True], [1, "true"]),
        (kinds.LIST, [[], (1,)], [{}, "a"]),
        (kinds.MAP, [{}, {"a": 1}], [{1: 1}, []]),
        (kinds.COUNTS, [[], [0, 1]], [[-1], 1]),
        (kinds.TEXTS, [["a"]], [["a", 1], "a"]),
        (kinds.PAIRS, [[["A", 1]], []], [[["", 1]], [["A"]], [[1, 1]], [["A", []]], {}]),
        (kinds.LABEL, ["a", ["a"]], [[1], 1]),
        (kinds.AMOUNT, [1, "$(N)", 2.0], [[], {}]),
        (kinds.SWITCH, [True, "$(F)"], [1, []]),
        (kinds.PRIORITY, ["low", 0.5], [True, []]),
    ],
)
def test_what_a_kind_takes(kind: kinds.Kind, right: list[Any], wrong: list[Any]) -> None:
    is_right, _ = kind
    assert [value for value in right if not is_right(value)] == []
    assert [value for value in wrong if is_right(value)] == []


def test_keys_of_one_kind_are_written_together() -> None:
    assert kinds.fields_of([("*a b", kinds.TEXT), ("c", kinds.FLAG)]) == {
        "*a": kinds.TEXT,
        "b": kinds.TEXT,
        "c": kinds.FLAG,
    }
