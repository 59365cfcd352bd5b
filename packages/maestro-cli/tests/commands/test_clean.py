"""What `maestro clean` shows and asks. A fault here would be something deleted that nobody agreed to."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.commands.clean import CleanRecord

LOG = "make/N.2/make_N.2.1001.err"


@pytest.mark.parametrize(("answer", "there"), [("n", True), ("y", False)])
def test_it_shows_and_asks(
    answer: str,
    there: bool,
    failed: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    assert app.main(["clean", "--logs", "OUT"]) == 0
    told = capsys.readouterr().out
    assert re.search(rf"OUT: [\d.]+ k?B would be freed\n +[\d.]+ k?B  2 files: logs\n +{LOG}", told)
    assert "Delete 2 files" in told
    assert ("nothing was deleted" in told) is there
    assert (failed / LOG).exists() is there


def test_dry_run_and_nothing_to_do(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["clean", "--dry-run", "--step", "make", "OUT"]) == 0
    assert "2 files: step make" in capsys.readouterr().out
    assert (failed / LOG).exists()
    assert app.main(["clean", "OUT"]) == 0
    assert "nothing to delete; --logs and --step say" in capsys.readouterr().out
    assert app.main(["clean", "-y", "OUT", "--logs", "--step", "post", "--where", "N=1"]) == 0
    assert "there is nothing to delete\n" in capsys.readouterr().out


def test_programs_get_the_fields_of_the_page(
    failed: Path,
    capsys: pytest.CaptureFixture[str],
    documented: Callable[[str], dict[str, str]],
) -> None:
    capsys.readouterr()
    assert app.main(["clean", "--json", "-y", "--logs", "OUT"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["deleted"], told["files"], told["groups"]) == (True, 2, {"logs": 2})
    assert not (failed / LOG).exists()
    row = documented("The other commands' `--json`")["clean"]
    assert set(re.findall(r"`([a-z_]+)`", row)) == told.keys() == CleanRecord.__annotations__.keys()


@pytest.mark.parametrize("words", [["--json"], ["--scratch", "--step", "make"], ["--where", ""]])
def test_what_makes_no_sense(words: list[str], failed: Path) -> None:
    assert app.main(["clean", str(failed), *words]) == 64
