"""The table as JSON in a page.

A fault here would be a name that ends the script, or a value that comes out as another one.
"""

from __future__ import annotations

import json

from maestro_cli.report.content import Column
from maestro_cli.report.data import pack
from maestro_cli.testing import HOSTILE


def unpacked(column: dict[str, object]) -> list[object]:
    if "d" in column:
        return [None if place < 0 else column["d"][place] for place in column["x"]]  # type: ignore[index,attr-defined]
    least = column.get("t", 0)
    return [v + least if isinstance(v, int) and "t" in column else v for v in column["v"]]  # type: ignore[attr-defined,operator]


def test_values_come_out_as_they_went_in() -> None:
    numbers = [1, 1.0, True, "1", None, 2.5] * 3
    for values, kind in [
        (numbers, "number"),
        ([f"n{i}" for i in range(9)], "text"),
        ([5_000, None, 4_000], "time"),
        ([None, None], "time"),
    ]:
        packed = json.loads(pack([Column("c", kind, "instance", values)]))["columns"][0]  # type: ignore[arg-type]
        found = unpacked(packed)
        wanted = [str(v) if v is True else v for v in values]
        assert [(type(v), v) for v in found] == [(type(v), v) for v in wanted]


def test_few_values_are_kept_once() -> None:
    text = pack([Column("c", "text", "instance", ["a-long-text"] * 500)])
    assert text.count("a-long-text") == 1


def test_no_name_ends_the_script() -> None:
    text = pack([Column(name, "text", "parameter", [name, "x", "<!--"]) for name in HOSTILE])
    assert not set(text) & set("<>&")
    assert text.isprintable()
    assert json.loads(text)["columns"][0]["n"] == "</script><script>alert(1)</script>"


def test_what_javascript_has_no_number_for_is_text() -> None:
    values = [float("nan"), float("inf"), 2**53 + 1, 2**53, [1, 2]]
    packed = json.loads(pack([Column("c", "number", "parameter", values)]))["columns"][0]
    assert packed["v"] == ["nan", "inf", str(2**53 + 1), 2**53, "[1, 2]"]
