"""A table of parameters that does not fit, or a parameter that no step uses, without a word."""

from __future__ import annotations

import pytest

PARAMETERS = "global.parameters:\n"


def test_parameters_are_used_through_labels_dependencies_and_workspaces(lint, step, study):
    text = """\
env: {labels: {ONE: x$(TWO), TWO: y$(P.label)}}
global.parameters: {P: {values: [1, 2], label: P.%%}}
"""
    assert (
        lint(text + study(step("a", "cmd: echo $(ONE)"), step("b", "cmd: x, depends: [a_*]"))) == []
    )


@pytest.mark.parametrize(
    ("range_", "code"),
    [
        ("start: 0, stop: 1, step: 0.1", None),
        ("start: 1, stop: 0, step: -1", None),
        ("start: 0, stop: 1, num: 1", None),
        ("start: 0, stop: 1, step: 0", "MS208"),
        ("start: 0, stop: 1, step: -1", "MS208"),
        ("start: 0, stop: 1.0e+30, step: 1", "MS208"),
        ("start: 0, stop: 1, num: 0", "MS106"),
        ("start: 0, stop: .nan, num: 2", "MS104"),
    ],
)
def test_ranges(range_, code, codes, step, study):
    text = PARAMETERS + f"  P: {{range: {{{range_}}}}}\n" + study(step("a", "cmd: $(P)"))
    assert codes(text) == ({code} if code else set())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "it is empty"),
        ("A,A\n1,2\n", "the same name"),
        ("A,\n1,2\n", "column 2 has no name"),
        ("A,B\n1\n", "row 2 has 1 cells"),
        ('A\n"x\n', "unexpected end"),
        ("A\n\xff\n", "decode"),
    ],
)
def test_tables_that_cannot_be_used(content, says, lint, tmp_path, messages):
    (tmp_path / "bad.csv").write_bytes(content.encode("latin-1"))
    (found,) = messages(PARAMETERS + "  csv: bad.csv\n", "MS209")
    assert says in found


def test_a_table_without_the_column_that_is_labelled(lint, messages):
    text = PARAMETERS + "  csv: {csv: table.csv, labels: {NOPE: '%%'}}\n"
    assert messages(text, "MS209") == ["The table table.csv has no column `NOPE`."]


def test_parameters_of_a_pgen_file_are_checked_by_their_names(lint, step, study):
    text = "env: {variables: {SIZE: 5}}\n" + study(step("a", "cmd: $(SIZE) $(SEED)"))
    found = [(p.code, p.place) for p in lint(text, parameters=["SIZE", "SEED", "MESH"])]
    assert sorted(found) == [("MS205", None), ("MS206", None)]


def test_a_pgen_file_replaces_the_table_of_the_study(codes, step, study):
    text = PARAMETERS + "  P: {values: [1, 2], label: P}\n" + study(step("a", "cmd: $(P)"))
    assert codes(text) == {"MS203"}
    assert codes(text, parameters=["P"]) == set()
