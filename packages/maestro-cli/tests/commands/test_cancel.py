"""Which studies are cancelled, and what is told of it.

A fault here would be a study that is cancelled though nobody said yes, or goes on though somebody
did.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.commands.cancel import CancelRecord
from maestro_cli.study.requests import waiting
from maestro_cli.testing import attempt
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]


def test_programs_are_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["cancel", "--json", "x"]) == 64
    assert "add -y" in capsys.readouterr().out


def test_what_has_ended_or_never_began_is_left_alone(
    failed: Path,
    capsys: pytest.CaptureFixture[str],
    documented: Callable[[str], dict[str, str]],
) -> None:
    app.main(["--no-logstdout", "run", "-n", "-o", "NEW", "chain.yaml"])
    capsys.readouterr()
    assert app.main(["cancel", "-y", "--json", "OUT", "NEW"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "path": str(failed),
        "study": "chain",
        "cancelled": False,
        "message": "is FAILED already: there is nothing to cancel",
    }
    assert second["message"] == "was never started: there is nothing to cancel"
    assert not (failed / ".cancel.lock").exists()
    row = documented("The other commands' `--json`")["cancel"]
    fields = set(re.findall(r"`([a-z_]+)`", row))
    assert fields == first.keys() == CancelRecord.__annotations__.keys()


def test_nothing_is_cancelled_where_the_answer_is_no(
    history: History, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = history([*attempt(0, "FINISHED", 0), *attempt(1, "RUNNING", None)[:2]])
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    with hold(root):
        assert app.main(["cancel", "OUT"]) == 0
    shown = capsys.readouterr().out
    assert "RUNNING, 1 of 7 steps finished, 1 started" in shown
    assert "Cancel this study? [y/n]" in shown
    assert shown.endswith("nothing was cancelled\n")
    assert not (root / ".cancel.lock").exists()


def test_an_error_of_one_study_leaves_the_others(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["cancel", "-y", "absent", "OUT"]) == 1
    shown = capsys.readouterr()
    assert "absent does not exist" in shown.err
    assert "is FAILED already" in shown.out


def test_a_part_is_cancelled_where_the_answer_is_yes(
    history: History, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = history([*attempt(0, "FINISHED", 0), *attempt(1, "RUNNING", None)[:2]])
    capsys.readouterr()
    for answer, requests in (("n", 0), ("y", 1)):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
        assert app.main(["cancel", "OUT", "--step", "make", "--where", "N!=1"]) == 0
        shown = capsys.readouterr().out
        assert f"{root}: 2 steps of 7, 1 started" in shown
        assert "Cancel make where N!=1, and what waits for that? [y/n]" in shown
        assert len(waiting(root)) == requests
    assert "2 instances will be cancelled once the study goes on" in shown
    assert not (root / ".cancel.lock").exists()
    (request,) = waiting(root)
    assert json.loads(request.read_text()) == {
        "request": "cancel",
        "steps": ["make"],
        "where": ["N!=1"],
    }


def test_a_part_that_has_ended_is_left_alone(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["cancel", "OUT", "--step", "make"]) == 0
    assert "nothing was cancelled: what was named has ended already" in capsys.readouterr().out
    assert app.main(["cancel", "-y", "OUT", "--step", "maek"]) == 1
    assert "did you mean make?" in capsys.readouterr().err
    assert waiting(failed) == []
