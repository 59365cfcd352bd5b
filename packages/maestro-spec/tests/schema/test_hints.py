"""A key or a value that is nearly right, and whose message does not say what to write instead."""

from __future__ import annotations

import pytest

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

#: what stands in the study, what somebody wrote, code, place, its length, what to write
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
    ("echo hi", "echo\n      outputs: [a]", "MS101", "9:7", 7, "Did you mean `results`?"),
    ("echo hi", "echo\n      results: [{file: a, regex: b}]", "MS101", "9:27", 5, "Did you mean `pattern`?"),
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
