"""A form of the table of parameters that is built as another one."""

from __future__ import annotations

import attrs
import pytest

from maestro_spec.loading import read_text
from maestro_spec.model.study import Column, Factor, Range

STEP = "description: {name: s, description: d}\nstudy: [{name: a, description: d, run: {cmd: x}}]\n"


@pytest.fixture
def factors(tmp_path):
    """Give the factors of a block of parameters, without their places, and the errors' codes."""

    def read(block):
        reading = read_text(STEP + f"global.parameters: {block}\n", "study.yaml", None, tmp_path)
        found = [
            attrs.evolve(f, at=(), columns=tuple(attrs.evolve(c, at=()) for c in f.columns))
            for f in reading.study.parameters
        ]
        return found, [p.code for p in reading.problems if p.severity == "error"]

    return read


P = Column("P", "P.%%", (1, 2))


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("{P: {values: [1, 2], label: P.%%}}", [Factor((P,))]),
        ("{P: {values: [1, 2], label: [a, b]}}", [Factor((Column("P", ("a", "b"), (1, 2)),))]),
        ("{P: {range: {start: 0, stop: 1, num: 3}}}",
         [Factor((Column("P", None, None, Range(0, 1, None, 3)),))]),
        ("{csv: t.csv}", [Factor((), "t.csv")]),
        ("{csv: {csv: t.csv, labels: {A: a%%}}}", [Factor((Column("A", "a%%"),), "t.csv")]),
        ("{csv: {values: [1, 2], label: P.%%}}", [Factor((attrs.evolve(P, name="csv"),))]),
        ("{grid: [{P: {values: [1, 2], label: P.%%}}, {csv: t.csv}]}",
         [Factor((P,)), Factor((), "t.csv")]),
    ],
)  # fmt: skip
def test_the_forms_of_a_table(block, expected, factors):
    assert factors(block) == (expected, [])


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("{grid: [{csv: t.csv}], P: {values: [1, 2], label: P.%%}}", "MS114"),
        ("{P: {values: [1], label: P, range: {start: 0, stop: 1, num: 2}}}", "MS114"),
        ("{P: {label: P}}", "MS103"),
        ("{P: {values: [1]}}", "MS103"),
        ("{P: {range: {start: 0, stop: 1}}}", "MS208"),
    ],
)
def test_forms_that_do_not_mix(block, code, factors):
    assert factors(block)[1] == [code]
