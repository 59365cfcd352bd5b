"""A file that is waited for, read without end, or read outside of the study."""

from __future__ import annotations

import os

import pytest

from maestro_cli.results.declared import read_declared
from maestro_cli.results.files import rows_of
from maestro_cli.results.formats import MOST_BYTES

PLAIN = {"format": None, "keys": None, "pattern": None, "rows": "last", "required": False}


LONG = MOST_BYTES["keys"]


@pytest.fixture
def rows(tmp_path):
    (tmp_path / "w/s").mkdir(parents=True)
    found: list[tuple[str, str]] = []

    def rows(*results, all_rows=False):
        declared = read_declared([{**PLAIN, **result} for result in results])
        found.clear()
        return list(
            rows_of(
                tmp_path / "w",
                "s",
                declared,
                all_rows=all_rows,
                trouble=lambda name, why: found.append((name, why)),
            )
        )

    rows.folder = tmp_path / "w/s"
    rows.trouble = found
    return rows


def test_the_values_of_all_files_are_one_row(rows):
    (rows.folder / "a.json").write_text('{"x": 1}')
    (rows.folder / "b.csv").write_text("y\n2\n3\n")
    several = {"file": "b.csv", "rows": "all"}
    assert rows({"file": "a.json"}, several) == [{"x": 1, "y": 3}]
    assert rows({"file": "a.json"}, several, all_rows=True) == [{"x": 1, "y": 2}, {"x": 1, "y": 3}]
    assert rows({"file": "a.json"}, {"file": "b.csv"}, all_rows=True) == [{"x": 1, "y": 3}]
    assert rows.trouble == []


def test_an_instance_without_files_has_an_empty_row(rows):
    assert rows({"file": "a.json"}, {"file": "b.csv", "rows": "all"}, all_rows=True) == [{}]
    assert rows.trouble == [("a.json", "it is not there"), ("b.csv", "it is not there")]
    assert rows() == [{}]


def test_one_that_cannot_be_read_is_no_hindrance_to_others(rows):
    os.mkfifo(rows.folder / "pipe")
    (rows.folder / "folder").mkdir()
    (rows.folder / "out").symlink_to("/etc/hostname")
    (rows.folder / "bad.json").write_text("{")
    (rows.folder / "a").write_text("x = 1")
    names = ["pipe", "folder", "out", "bad.json", "a"]
    assert rows(*({"file": name} for name in names)) == [{"x": 1}]
    told = dict(rows.trouble)
    assert told["pipe"] == "it is a named pipe, not a file"
    assert told["folder"] == "it is a folder, not a file"
    assert told["out"].startswith("it is a link out of the workspace")
    assert told["bad.json"].startswith("it is no JSON")


def test_of_a_large_text_the_end_counts_and_a_large_tree_is_refused(rows):
    with (rows.folder / "log").open("wb") as file:
        file.write(b"x = 1\n")
        file.truncate(5 << 30)  # a hole: it takes no room
        file.seek(0, os.SEEK_END)
        file.write(b"\ny = 2\n")
    with (rows.folder / "a.json").open("wb") as file:
        file.truncate(LONG + 1)
    assert rows({"file": "log", "keys": [["x", "x"], ["y", "y"]]}) == [{"x": None, "y": 2}]
    assert rows({"file": "a.json"}) == [{}]
    assert rows.trouble == [("a.json", "it has more than 8 MiB")]
