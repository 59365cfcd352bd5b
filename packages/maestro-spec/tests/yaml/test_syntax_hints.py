"""A mistake in the YAML that is reported at another place, or without what to write instead."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from maestro_spec.errors import StudyInvalid
from maestro_spec.yaml.parser import parse
from maestro_spec.yaml.syntax_hints import find

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
