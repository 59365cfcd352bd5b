"""A single value that is read as something else than it says, or refused although it is right."""

from __future__ import annotations

import pytest

from maestro_spec.schema.collector import INVALID, ProblemCollector
from maestro_spec.schema.read_scalar import ScalarReader
from maestro_spec.schema.types import Flag, Number, Text, Walltime, Whole, Word
from maestro_spec.yaml.parser import parse

LOOSE = Whole(loose=True)
SETTING = Text(convert=True, empty=True, nullable=True, droppable=True)
LEVEL = Word(("low", "high"), (0.0, 1.0))


@pytest.fixture
def read():
    """Read the text of a value by a shape; give it and the codes of what is wrong."""

    def run(text, shape):
        document = parse(f"key: {text}\n", "study.yaml")[0]
        found = ProblemCollector(document)
        node = document.root.entries["key"][1]
        value = ScalarReader(found).read(node, shape, ("key",), "`key`")
        return value, [p.code for p in found.problems]

    return run


@pytest.mark.parametrize(
    ("text", "shape", "value"),
    [
        ("4", Whole(), 4), ("'4'", Whole(), 4), ("4.0", Whole(), 4), ("$(N)0", Whole(), "$(N)0"),
        ("many", LOOSE, "many"), ("1.5", LOOSE, "1.5"),
        ("x", Text(), "x"), ("5", SETTING, "5"), ("''", SETTING, ""), ("~", SETTING, None),
        ("1.5", Number(), 1.5), ("'1.5'", Number(), 1.5), ("3", Number(), 3),
        ("on", Flag(), True), ("$(F)", Flag(), "$(F)"),
        ("90", Walltime(), "90"), ("0", Walltime(), None), ("24:00:00", Walltime(), "24:00:00"),
        ("2-00:00:00", Walltime(), "2-00:00:00"),
        ("HIGH", LEVEL, "high"), ("0.5", LEVEL, 0.5), ("'0.5'", LEVEL, 0.5), ("$(L)", LEVEL, "$(L)"),
    ],
)  # fmt: skip
def test_what_fits_is_read(text, shape, value, read):
    found = read(text, shape)
    assert found == (value, [])
    assert type(found[0]) is type(value)


@pytest.mark.parametrize(
    ("text", "shape", "code"),
    [
        ("0", Whole(1), "MS106"), ("9", Whole(0, 8), "MS106"), ("true", Whole(), "MS104"),
        ("99999999999999999999", Whole(), "MS106"), ("$(LAUNCHER)", Whole(), "MS104"),
        ("[1]", Whole(), "MS104"), ("5", Text(), "MS104"), ("''", Text(), "MS105"),
        ("' '", Text(blank=False), "MS105"), ("true", SETTING, "MS104"),
        (".inf", Number(), "MS104"), ("-1", Number(0), "MS106"), ("true", Number(), "MS104"),
        ("10:00", Number(), "MS104"), ("'yes'", Flag(), "MS104"), ("$(F)", Flag(tokens=False), "MS104"),
        ("-5", Walltime(), "MS106"), ("1.5", Walltime(), "MS104"), ("''", Walltime(), "MS105"),
        ("true", Walltime(), "MS104"), ("urgent", LEVEL, "MS108"), ("2", LEVEL, "MS106"),
        ("true", LEVEL, "MS104"), ("0.5", Word(("low",)), "MS104"),
        ("'0.5'", Word(("low",)), "MS108"), ("$(L)", Word(("low",), tokens=False), "MS108"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(text, shape, code, read):
    assert read(text, shape) == (INVALID, [code])
