"""A result that nobody would find, or that would be taken for another one; or one that is right, and reported."""

from __future__ import annotations

import pytest

PARAMETERS = "env: {variables: {OUT: output, UP: ../up, ABS: /data}}\nglobal.parameters: {P: {values: [1, 2], label: P.%%}}\n"


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ("file: out.json", None), ("file: a/b/out.json", None), ("file: $(OUT)/out_$(P).json", None),
        ("file: ./out.json", None), ("file: a..b", None),
        ("file: ../out.json", "MS701"), ("file: a/../../b", "MS701"), ("file: /tmp/out.json", "MS701"),
        ("file: $(WORKSPACE)/out.json", "MS701"), ("file: $(a.workspace)/out.json", "MS701"),
        ("file: $(OUTPUT_PATH)/out.json", "MS701"), ("file: $(UP)/out.json", "MS701"),
        ("file: $(ABS)/out.json", "MS701"), ("file: a/", "MS701"), ("file: .", "MS701"),
        ("file: ' '", "MS105"), ("keys: [a]", "MS103"), ("file: x, key: [a]", "MS101"),
        ("file: x, format: json", None), ("file: x, format: JSON", None), ("file: x, format: xml", "MS108"),
        ("file: x, format: $(OUT)", "MS108"), ("file: x, required: perhaps", "MS104"),
        ("file: x, keys: []", "MS105"), ("file: x, keys: [a, a]", "MS107"), ("file: x, keys: {b: a.0}", None),
        ("file: x, pattern: 'e = (?P<e>.*)'", None), ("file: x, pattern: 'e = (.*)'", "MS702"),
        ("file: x, pattern: 'e = (?P<e>.*'", "MS702"), ("file: x, pattern: '(?P<e>[[a])'", None),
        ("file: x, pattern: '(?P<e>a{99999999999})'", "MS702"),
        ("file: x, pattern: '(?P<e>.*)', format: csv", "MS703"),
        ("file: x, pattern: '(?P<e>.*)', keys: [e]", "MS703"),
        ("file: x, pattern: '(?P<e>.*)', rows: all", None),
        ("file: x, rows: all", "MS703"), ("file: x.csv, rows: all", None), ("file: x, format: csv, rows: all", None),
        ("file: x.csv, format: keys, rows: all", "MS703"), ("file: x, rows: first", "MS108"),
        ("file: x, pattern: '$(P) (?P<e>.*)'", "MS407"), ("file: x, keys: [$(OUT)]", "MS407"),
        ("file: x, keys: [P]", "MS705"), ("file: x, keys: [state]", "MS705"), ("file: x, keys: {p: P}", None),
        ("file: x, pattern: '(?P<P>.*)'", "MS705"),
    ],
)  # fmt: skip
def test_a_result(result, code, codes, step, study):
    found = codes(PARAMETERS + study(step("a", f"cmd: x $(P), results: [{{{result}}}]")))
    assert found == ({code} if code else set())


def test_two_results_are_not_called_the_same(messages, codes, step, study):
    both = "[{file: a, keys: [e]}, {file: b, pattern: '(?P<e>.*)'}]"
    text = study(step("a", f"cmd: x, results: {both}"))
    assert messages(text, "MS704") == ["`a` has two results called `e`."]
    one = "[{file: a, keys: [e]}]"
    assert not codes(study(*(step(n, f"cmd: x, results: {one}") for n in "ab")))


def test_the_rows_of_two_files_do_not_belong_together(codes, step, study):
    both = "[{file: a.csv, rows: all}, {file: b.csv, rows: all}]"
    assert codes(study(step("a", f"cmd: x, results: {both}"))) == {"MS703"}


def test_the_file_of_a_result_uses_parameters_and_its_tokens_are_looked_at(codes, step, study):
    text = PARAMETERS + study(step("a", "cmd: x, results: [{file: 'out_$(P).json'}]"))
    assert "MS205" not in codes(text)
    text = study(step("a", "cmd: x, results: [{file: 'out_$(SIZE).json'}]"))
    assert codes(text) == {"MS401"}


def test_results_are_a_list(codes, step, study):
    assert codes(study(step("a", "cmd: x, results: {file: a}"))) == {"MS104"}
    assert codes(study(step("a", "cmd: x, results: [out.json]"))) == {"MS104"}
