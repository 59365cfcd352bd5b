"""What beginners write that is no YAML, or not ours: the caret, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from maestro_spec.errors import StudyInvalid, StudyUnreadable
from maestro_spec.schema import study_file
from maestro_spec.schema.types import ByNode, IfKey, ListOf, MapOf, Record
from maestro_spec.yaml.hints import KEYS, find
from maestro_spec.yaml.parser import parse, read_file

STUDY = """\
description:
  name: s
  description: d
study:
  - name: make
    description: m
    run:
      cmd: echo hi
"""

#: what stands in the study, what somebody wrote, where the caret is, and what is said
MISTAKES = [
    ("echo hi", "echo result: 5", "8:23", "`: ` within the text of `cmd`", "`cmd: |`"),
    ("n: d", "n: a: b", "3:17", "`: ` within the text of `description`", "`description: 'a: b'`"),
    ("description:\n", "description\n", "1:1", "A colon is missing after `desc", "`description: …`"),
    ("run:", "run", "7:5", "A colon is missing after `run`.", "`run: …`"),
    ("name: s", "name:s", "2:3", "A space is missing after `name:`.", "`name: s`"),
    ("      cmd", "\tcmd", "8:1", "indented by a tab", "Use spaces."),
    ("cmd: echo", "cmd: |\n\techo", "9:1", "indented by a tab", "Use spaces."),
    ("n: d", 'n: "d', "3:16", 'The quote " is not closed.', 'Add "'),
    ("n: d", "n: 'd", "3:16", "The quote ' is not closed.", "Add '"),
    ("n: d", "n: 'It's'", "3:19", "The quotes end here, and `s'`", "`description: |`"),
    ("echo hi", '"my prog" -x', "8:20", "The quotes end here, and `-x`", "`cmd: |`"),
    ("- name: make", "- name", "5:5", "`name` has neither a colon nor a value.", "`- name: NAME`"),
    ("- name: make", "- make", "5:5", "`make` has no key", "`- name: make`"),
    ("echo hi", "[ -f x ] && y", "8:12", "A text cannot begin with `[`", "`cmd: |`"),
    ("echo hi", "echo\n      depends: [a, b", "9:16", "`[` is not closed.", "Add `]`"),
    ("echo hi", "@x", "8:12", "A text cannot begin with `@`", "`cmd: |`"),
    ("echo hi", "*.txt", "8:12", "A text cannot begin with `*`", "`cmd: |`"),
    ("  description: d", "   description: d", "3:4", "is indented deeper than `name:`", "by 2 spaces"),
    ("echo hi", "|\n        a\n     nodes: 1", "10:6", "indented by 5 spaces", "Did you mean 6?"),
    ("echo hi", "|\n        a\n  echo b", "10:3", "left of the text of `cmd`", "Indent it"),
]  # fmt: skip


@pytest.fixture(params=[False, True], ids=["python", "libyaml"])
def either_parser(request, monkeypatch):
    if request.param and not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param)


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(("right", "wrong", "where", "what", "write"), MISTAKES)
def test_the_mistake_is_told_where_it_is(right, wrong, where, what, write):
    text = STUDY.replace(right, wrong, 1)
    assert text != STUDY
    with pytest.raises(StudyInvalid) as caught:
        parse(text, "s.yaml")
    (problem,) = caught.value.problems
    assert problem.code == "MS003"
    assert str(problem.place) == f"s.yaml:{where}"
    assert what in problem.message
    assert write in problem.hint


#: the same of what is YAML, and not ours: text, what somebody wrote, code, place, its length, what to write
NOT_OURS = [
    ("cmd: echo hi", "cmd echo hi", "MS104", "8:7", 11, "A colon is missing after `cmd`. Write `cmd: echo hi`."),
    ("cmd: echo hi", "cmd:echo hi", "MS104", "8:7", 11, "A space is missing after `cmd:`. Write `cmd: echo hi`."),
    ("cmd:", "command:", "MS101", "8:7", 7, "Did you mean `cmd`?"),
    ("    run:\n      cmd:", "    command:", "MS101", "7:5", 7, "It belongs under `run`, as `cmd`."),
    ("echo hi", "echo\n      retry: 3", "MS101", "9:7", 5, "Did you mean `retries`?"),
    ("echo hi", "echo\n    retry: 3", "MS101", "9:5", 5, "It belongs under `run`, as `retries`."),
    ("echo hi", "echo\n      depend: [a]", "MS101", "9:7", 6, "Did you mean `depends`?"),
    ("echo hi", "echo\n    depend: [a]", "MS101", "9:5", 6, "It belongs under `run`, as `depends`."),
    ("echo hi", "echo\n    nodes: 2", "MS101", "9:5", 5, "It belongs under `run`."),
    ("echo hi", "echo\n      depends: a, b", "MS104", "9:16", 4, "Write `depends: [a, b]`."),
    ("echo hi", "echo\n      depends:", "MS105", "9:15", 1, "Write a list behind `depends:`."),
    ("echo hi", "echo $(N)\nglobal.parameters:\n  N:\n    values: 1, 2, 3\n    label: N.%%", "MS104", "11:13", 7, "Write `values: [1, 2, 3]`."),
    ("echo hi", "echo $(N)\nglobal.parameters:\n  N:\n    values: 5\n    label: N.%%", "MS104", "11:13", 1, "Write `values: [5]`."),
    ("echo hi", "echo $(N)\nglobal.parameters: {N: {values: '1, 2, 3', label: N.%%}}", "MS104", "9:33", 9, "Write `values: [1, 2, 3]`."),
    ("- name: make", "- name:", "MS105", "5:10", 1, "Write a text behind `name:`."),
    ("study:", "study:\n  - name", "MS104", "5:5", 4, "Write `- name: NAME`, and its other keys below."),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "code", "where", "length", "hint"), NOT_OURS)
def test_what_is_yaml_and_not_ours(right, wrong, code, where, length, hint, lint):
    text = STUDY.replace(right, wrong, 1)
    assert text != STUDY
    (problem,) = [p for p in lint(text) if p.code == code]
    assert str(problem.place) == f"study.yaml:{where}"
    assert problem.place.end_line == problem.place.line
    assert problem.place.end_column - problem.place.column == length
    assert problem.hint == hint


def test_a_file_that_nearly_has_the_name(tmp_path):
    (tmp_path / "values.yaml").write_text(STUDY)
    with pytest.raises(StudyUnreadable) as caught:
        read_file(tmp_path / "vaules.yaml", "vaules.yaml")
    assert caught.value.problems[0].hint == f"Did you mean {tmp_path / 'values.yaml'}?"
    with pytest.raises(StudyUnreadable) as caught:
        read_file(tmp_path / "other.txt", "other.txt")
    assert caught.value.problems[0].hint is None


@given(st.text("ab:-#'\"[]{}|>*&@%\\ \t\n", max_size=80), st.integers(0, 20))
def test_any_text_is_read_and_what_is_found_lies_in_it(text, last):
    found = find(text, last)
    if found is not None:
        line = text.split("\n")[found.line]
        assert found.line <= last
        assert found.length >= 1
        assert found.column + found.length <= len(line)


@pytest.mark.usefixtures("either_parser")
def test_a_text_in_quotes_over_lines_is_no_open_quote():
    text = STUDY.replace("n: d", 'n: "d\n    note: x"').replace("echo hi", "echo a: b")
    with pytest.raises(StudyInvalid) as caught:
        parse(text, "s.yaml")
    assert str(caught.value.problems[0].place) == "s.yaml:9:18"


def _names(shape: object) -> Iterator[str]:
    if isinstance(shape, Record):
        for key in shape.keys:
            yield key.name
            yield from _names(key.shape)
        yield from _names(shape.others)
    elif isinstance(shape, ListOf):
        yield from _names(shape.item)
    elif isinstance(shape, MapOf):
        yield from _names(shape.value)
    elif isinstance(shape, ByNode):
        for each in (shape.scalar, shape.sequence, shape.mapping):
            yield from _names(each)
    elif isinstance(shape, IfKey):
        yield from _names(shape.then)
        yield from _names(shape.otherwise)


def test_the_keys_are_those_of_the_schema():
    assert frozenset(_names(study_file.STUDY)) == KEYS
