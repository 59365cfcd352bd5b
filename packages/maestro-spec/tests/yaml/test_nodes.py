"""A place that is off by a line or a column, so that a caret points at something else."""

from __future__ import annotations

from maestro_spec.yaml.parser import parse


def test_every_node_knows_where_it_stands():
    document, _ = parse("a: 1\nb:\n  - x\n  - {c: ü, d: [1, 2]}\n", "study.yaml")
    assert str(document.place(("a",))) == "study.yaml:1:4"
    assert str(document.place(("b",), at_key=True)) == "study.yaml:2:1"
    assert str(document.place(("b", 1, "d", 1))) == "study.yaml:4:19"
    place = document.place(("b", 0))
    assert (place.line, place.column, place.end_line, place.end_column) == (3, 5, 3, 6)


def test_a_stretch_of_a_block_text_has_its_own_line():
    document, _ = parse("cmd: |\n  echo ü $(A)\n  echo $(A) $(B)\n", "study.yaml")
    assert str(document.place_within(("cmd",), "$(A)")) == "study.yaml:2:10"
    assert str(document.place_within(("cmd",), "$(A)", 1)) == "study.yaml:3:8"
    assert str(document.place_within(("cmd",), "$(C)")) == "study.yaml:1:6"


def test_lines_are_counted_with_windows_line_ends():
    document, _ = parse("a: 1\r\nb: x $(A)\r\n", "study.yaml")
    assert str(document.place_within(("b",), "$(A)")) == "study.yaml:2:6"
    assert document.line(2) == "b: x $(A)"
