"""The studies below a folder.

A fault here would be a study that is not listed, or one that hides the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.commands.ls import LsRecord


def test_studies_are_listed_the_newest_first(
    failed: Path, quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["ls"]) == 0
    head, *found = capsys.readouterr().out.splitlines()
    assert head.split() == ["state", "age", "instances", "folder", "counts"]
    assert [line.split()[0] for line in found] == ["STAGED", "FAILED"]
    assert found[1].endswith("7  OUT     1 failed, 4 finished, 2 blocked")


def test_a_damaged_study_hides_no_other(
    failed: Path, quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (failed / ".maestro/graph.msgpack").write_bytes(b"x")
    capsys.readouterr()
    assert app.main(["ls", "--json", "."]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["path"], first["state"], first["instances"]) == (str(quick), "STAGED", 1)
    assert (second["path"], second["state"]) == (str(failed), "DAMAGED")
    assert second["problem"]
    assert set(first) == set(LsRecord.__annotations__)


def test_where_there_is_none_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["ls"]) == 0
    assert capsys.readouterr().out == "There is no study in ., 3 folders deep.\n"
    assert app.main(["ls", "nowhere"]) == 1
    assert "is no folder" in capsys.readouterr().err


def test_the_fields_are_those_of_the_page(documented: Callable[[str], dict[str, str]]) -> None:
    row = documented("The other commands' `--json`")["ls"]
    assert all(f"`{name}`" in row for name in LsRecord.__annotations__)
