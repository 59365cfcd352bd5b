"""A table that does not fit the terminal, or loses what matters in it."""

from __future__ import annotations

from maestro_cli.results.columns import Column
from maestro_cli.results.spool import Spool
from maestro_cli.results.table import Table, Trouble
from maestro_cli.results.writers.as_text import lines, notes

COLUMNS = [
    Column("instance", "instance", "text", 0),
    Column("step", "instance", "text", 0),
    Column("SIZE", "parameter", "int", 0),
    Column("state", "instance", "text", 0),
    Column("energy", "result", "float", 1),
]


def shown(*rows, width=None, columns=COLUMNS):
    with Spool() as spool:
        for row in rows:
            spool.add(row)
        return list(lines(Table({}, columns, [], 0, spool), width=width))


def test_numbers_stand_below_each_other():
    assert shown(["a_1", "a", 1, "FINISHED", -1.5], ["a_10", "a", 10, "FAILED", None]) == [
        "instance  step  SIZE  state     energy",
        "a_1       a        1  FINISHED    -1.5",
        "a_10      a       10  FAILED",
    ]


def test_no_line_is_wider_than_the_terminal_and_what_is_left_out_is_named():
    row = ["a" * 100, "a", 1, "FINISHED", -1.5]
    for width in (60, 80, 120):
        found = shown(row, width=width)
        assert all(len(line) <= width for line in found[:2])
    found = shown(row, width=60)
    assert found[0].split() == ["instance", "state", "energy"]
    assert found[2] == "(2 more: step, SIZE; -o FILE.csv has all)"
    assert "…" in found[1]


def test_a_table_without_rows_has_its_names():
    assert shown() == ["instance  step  SIZE  state  energy"]


def test_control_characters_are_visible():
    (_, line) = shown(["\x1b[31m", "\n", None, "\u202e", None])
    assert line.split() == ["\\x1b[31m", "\\n", "\\u202e"]


def test_what_is_missing_is_told_but_not_without_end():
    columns = [Column(f"c{n}", "result", "int", 1) for n in range(12)]
    troubles = [Trouble(f"f{n}", "why", n + 1, "a_1") for n in range(12)]
    with Spool() as spool:
        spool.add([])
        told = list(notes(Table({}, columns, troubles, 3, spool)))
    assert told[0] == "c0: missing in 1 of 1 rows"
    assert told[10:13] == [
        "and 2 more columns lack values",
        "f0: why, in a_1",
        "f1: why, in a_1 (and 1 more)",
    ]
    assert told[-2:] == [
        "and 2 more kinds of trouble",
        "3 or more columns were left out: name those that you want in `keys`",
    ]
