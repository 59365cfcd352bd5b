"""Reading YAML: places, traps, and the limits that are kept before anything is built."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from maestro_spec.errors import StudyInvalid, StudyUnreadable
from maestro_spec.schema.read_scalar import plain
from maestro_spec.yaml.nodes import Mapping, Scalar, Sequence
from maestro_spec.yaml.parser import (
    MAX_ALIASES,
    MAX_BYTES,
    MAX_EXPANDED,
    MAX_VALUES,
    decode,
    parse,
    read_file,
)
from maestro_spec.yaml.scalars import resolve


def code_of(text: str) -> str:
    with pytest.raises(StudyInvalid) as caught:
        parse(text, "study.yaml")
    (problem,) = caught.value.problems
    assert problem.severity == "error"
    assert problem.place is not None
    return problem.code


def value_of(text: str) -> object:
    document, problems = parse(text, "study.yaml")
    assert problems == []
    assert document.root is not None
    return plain(document.root)


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


@pytest.mark.parametrize("text", ["24:00:00", "10:00", "1:30.5", "-1:00"])
def test_numbers_in_base_sixty_stay_what_was_written(text):
    assert resolve(text) == ("sixty", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", True), ("No", False), ("010", 8), ("0x1F", 31), ("0b11", 3), ("1_000", 1000),
        ("1.50", 1.5), ("1e5", "1e5"), ("1.0e+5", 1e5), ("-.inf", float("-inf")), ("~", None),
        ("2-00:00:00", "2-00:00:00"), ("2026-01-05 7:00:00", "2026-01-05 07:00:00"), ("2026-13-45", "2026-13-45"),
        ("9" * 400, "9" * 400), ("n", "n"),
    ],
)  # fmt: skip
def test_other_scalars_are_what_yaml_1_1_takes_them_for(text, value):
    assert resolve(text)[1] == value


@given(st.text("0123456789.+-_:xobeE~fnaiyrstoTFN ", max_size=12))
def test_scalars_are_what_upstreams_reader_takes_them_for(text):
    kind, value = resolve(text)
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))
    try:
        theirs = yaml.SafeLoader("").construct_object(yaml.ScalarNode(tag, text))
    except ValueError:  # there is no such day
        return
    if kind in {"sixty", "time"}:
        assert not isinstance(theirs, str)
    elif kind not in {"merge", "value"}:
        assert repr(value) == repr(theirs)


def test_anchors_and_merge_keys():
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd: *a\n"
    assert value_of(text)["c"] == {"x": 3, "y": 1, "z": 2}
    assert value_of(text)["d"] == {"x": 1, "y": 1}


def test_a_duplicate_key_is_told_with_both_lines():
    _, problems = parse("a: 1\nb: 2\na: 3\n", "study.yaml")
    assert [(p.code, p.place.line) for p in problems] == [("MS008", 3)]
    assert "line 1" in problems[0].message


def test_quoted_scalars_are_texts_and_tags_are_obeyed():
    assert value_of("['5', \"on\", !!str 5, !!int '5', !!float '5', !!bool 'on']") == [
        "5", "on", "5", 5, 5.0, True,
    ]  # fmt: skip


def test_the_byte_order_mark_is_no_part_of_the_text():
    assert decode(b"\xef\xbb\xbfa: 1", "f") == "a: 1"


def test_what_is_no_utf8_is_told_with_its_place():
    with pytest.raises(StudyInvalid) as caught:
        decode(b"a: 1\nb: \xff\n", "f")
    assert (caught.value.problems[0].code, str(caught.value.problems[0].place)) == (
        "MS002",
        "f:2:4",
    )
    assert decode("a: 1\nb: ÿ\n".encode(), "f") == "a: 1\nb: ÿ\n"


def test_a_file_that_cannot_be_read(tmp_path):
    for path in (tmp_path, tmp_path / "absent.yaml"):
        with pytest.raises(StudyUnreadable) as caught:
            read_file(path, "f")
        assert caught.value.problems[0].code == "MS001"
    (tmp_path / "there.yaml").write_bytes(b"a: 1\n")
    assert read_file(tmp_path / "there.yaml", "f") == "a: 1\n"


def test_too_large():
    with pytest.raises(StudyInvalid) as caught:
        decode(b"#" * (MAX_BYTES + 1), "f")
    assert caught.value.problems[0].code == "MS004"
    assert code_of("#" * (MAX_BYTES + 1)) == "MS004"
    assert code_of("#" * (MAX_BYTES // 2) + "ü" * (MAX_BYTES // 4 + 1)) == "MS004"
    assert decode(b"#" * MAX_BYTES, "f")


def test_too_deep():
    assert code_of("[" * 50_000) == "MS005"
    assert code_of("{a: " * 101 + "}" * 101) == "MS005"
    assert value_of("[" * 100 + "]" * 100)


DEEP = ["[", "{", "[\n", "{a: ", "é: [", "- ", "- - ? ", "[{a: ["]


@pytest.mark.parametrize("opens", DEEP)
def test_too_deep_in_every_form(opens):
    assert code_of(opens * 50_000) == "MS005"


@pytest.mark.parametrize("end", ["]", "}", "@", "\t@", "'", "\x01"])
@pytest.mark.parametrize("opens", DEEP)
def test_a_syntax_error_is_told_where_nothing_is_too_deep_before_it(opens, end):
    assert code_of(opens * 20 + "'" + "[" * 200 + "' " + end * 3) == "MS003"


def test_what_the_parser_reads_ahead_does_not_hide_a_limit():
    # The parsers look up to 1 024 characters ahead of the event that they give.
    assert code_of("[" * 101 + "@") == "MS005"
    assert code_of("[&a x, " + "*a, " * (MAX_ALIASES + 1) + "@") == "MS006"
    assert code_of("[" + "1," * (MAX_VALUES + 1) + "@") == "MS007"


def test_too_many_aliases():
    assert code_of("[&a x, " + "*a, " * (MAX_ALIASES + 1) + "]") == "MS006"
    assert len(value_of("[&a x, " + "*a, " * MAX_ALIASES + "]")) == MAX_ALIASES + 1


def test_too_many_values():
    assert code_of("[" + "1," * MAX_VALUES + "]") == "MS007"
    assert len(value_of("[" + "1," * (MAX_VALUES - 1) + "]")) == MAX_VALUES - 1


def test_many_steps_are_not_too_many_values():
    steps = [f"- {{name: s{n}, run: {{cmd: x, depends: [s{n - 1}]}}}}" for n in range(10_000)]
    assert len(value_of("\n".join(steps))) == 10_000


def test_aliases_may_stand_for_as_many_values_as_are_allowed():
    thousand = "[" + "1, " * 999 + "]"
    most = MAX_EXPANDED // 1000
    assert len(value_of(f"[&a {thousand}, {'*a, ' * most}]")) == most + 1
    assert code_of(f"[&a {thousand}, {'*a, ' * (most + 1)}]") == "MS007"


def test_an_alias_costs_as_much_as_what_it_stands_for():
    lines = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert code_of("\n".join(lines)) == "MS007"
    assert value_of("\n".join(lines[:3]))


def test_merge_keys_cost_what_they_bring():
    lines = ["a0: &a0 {" + ", ".join(f"k{n}: 1" for n in range(300)) + "}"]
    lines += [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 40)]
    assert code_of("\n".join(lines)) == "MS007"


@pytest.mark.parametrize("text", ["&a [*a]", "a: &a\n  b: *a\n"])
def test_an_anchor_that_contains_itself(text):
    assert code_of(text) == "MS010"


@pytest.mark.parametrize(
    "text", ["a: [", "\ta: 1", "a: \x01", "*a", "a: 'x", "%YAML 9.9\n---\na: 1", "a: \ud800"]
)
def test_what_is_no_yaml(text):
    assert code_of(text) == "MS003"


def test_nodes_are_of_three_kinds():
    document, _ = parse("{a: [1]}", "f")
    assert isinstance(document.root, Mapping)
    assert isinstance(document.root.entries["a"][1], Sequence)
    assert isinstance(document.root.entries["a"][1].items[0], Scalar)


def test_without_libyaml_the_same_is_read(monkeypatch):
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert value_of("a: [1, on, 24:00:00]\n") == {"a": [1, True, "24:00:00"]}
    assert code_of("a: \x01") == "MS003"
    assert code_of('a: "\\UFFFFFFFF"') == "MS003"
