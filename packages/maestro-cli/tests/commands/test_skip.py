"""What `maestro skip` asks for, and what it prints.

A fault here would be a study that is asked for something else, or a mistake that goes unnoticed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.study.requests import waiting
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


def test_what_is_skipped_has_to_be_named(staged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["skip", "OUT"]) == 64
    assert "skip needs to be told what to skip" in capsys.readouterr().err
    assert waiting(staged) == []
    assert app.main(["skip", "OUT", "--where", "N=2"]) == 0
    assert "2 instances will be skipped once the study goes on" in capsys.readouterr().out
    (request,) = waiting(staged)
    assert json.loads(request.read_text()) == {"request": "skip", "steps": None, "where": ["N=2"]}


def test_what_has_finished_is_not_skipped(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert app.main(["skip", "OUT", "make_N.1"]) == 0
    assert "nothing was skipped: what was named has finished" in capsys.readouterr().out
    assert waiting(failed) == []
