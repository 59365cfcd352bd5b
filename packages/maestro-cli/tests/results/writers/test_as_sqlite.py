"""A database that is not made, as its columns are called what SQL does not take."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from maestro_cli.results.columns import Column
from maestro_cli.results.spool import Spool
from maestro_cli.results.table import Table
from maestro_cli.results.writers import as_sqlite

NAMES = ['a"b', "select", "n", "N", "N.2", "x\0y", "é; drop table results; --", ""]


def test_names_of_any_kind_are_columns(tmp_path: Path):
    with Spool() as spool:
        spool.add(list(range(len(NAMES))))
        columns = [Column(name, "result", "int", 0) for name in NAMES]
        as_sqlite.write(Table({"study": "s"}, columns, [], 0, spool), tmp_path / "a")
    base = sqlite3.connect(tmp_path / "a")
    found = base.execute("select * from results")
    names = [description[0] for description in found.description]
    assert names == ['a"b', "select", "n", "N.2", "N.2.2", "x\\0y", NAMES[6], ""]
    assert found.fetchall() == [tuple(range(len(NAMES)))]
    assert [row[0] for row in base.execute("select name from columns")] == names
    base.close()


def test_a_disk_that_takes_nothing_is_an_error_of_the_disk(tmp_path: Path):
    with Spool() as spool, pytest.raises(OSError, match="cannot be written"):
        as_sqlite.write(Table({}, [], [], 0, spool), tmp_path / "none" / "a")
