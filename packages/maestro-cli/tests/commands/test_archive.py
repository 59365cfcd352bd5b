"""What `maestro archive` prints. A fault here would be something left out that nobody is told of."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.commands.archive import ArchiveRecord


def test_programs_get_the_fields_of_the_page(
    failed: Path,
    capsys: pytest.CaptureFixture[str],
    documented: Callable[[str], dict[str, str]],
) -> None:
    os.mkfifo(failed / "make/N.2/pipe")
    capsys.readouterr()
    assert app.main(["archive", "--json", "OUT", "-o", "x.tar.gz"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["path"], told["archive"]) == (str(failed), str(failed.parent / "x.tar.gz"))
    assert told["left_out"] == {"named pipe": ["make/N.2/pipe"]}
    assert told["size"] == (failed.parent / "x.tar.gz").stat().st_size
    row = documented("The other commands' `--json`")["archive"]
    assert (
        set(re.findall(r"`([a-z_]+)`", row)) == told.keys() == ArchiveRecord.__annotations__.keys()
    )


def test_people_get_sizes_and_what_is_missing(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(5):
        (failed / f"make/N.2/{number}").symlink_to("/tmp")
    assert app.main(["archive", "OUT", "-o", "x.tar.gz"]) == 0
    told = capsys.readouterr()
    assert re.search(r"x\.tar\.gz: \d+ files, [\d.]+ kB packed into [\d.]+ kB\n", told.out)
    assert "make/N.2/0, make/N.2/1, make/N.2/2 and 2 more" in told.err


def test_only_and_no_logs_do_not_go_together(failed: Path) -> None:
    assert app.main(["archive", str(failed), "--no-logs", "--only", "*.csv"]) == 64
