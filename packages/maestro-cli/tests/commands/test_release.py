"""What `maestro release` asks for, and what it prints.

A fault here would be a study that is asked for something else, or a mistake that goes unnoticed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.study.requests import waiting
from maestro_cli.testing import T0
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


def test_only_what_is_held_is_released(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    root = history([records.held(T0, [3, 4])])
    capsys.readouterr()
    assert app.main(["release", "OUT", "make"]) == 0
    assert "nothing was released: nothing of that is held" in capsys.readouterr().out
    assert waiting(root) == []
    assert app.main(["release", "--json", "OUT"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["request"], told["instances"], told["effect"]) == ("release", 2, "waiting")
    (request,) = waiting(root)
    assert json.loads(request.read_text())["request"] == "release"
