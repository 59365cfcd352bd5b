"""What `maestro hold` asks for, and what it prints.

A fault here would be a study that is asked for something else, or a mistake that goes unnoticed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.study.part_requests import PartRecord
from maestro_cli.study.requests import waiting
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


def test_all_or_a_part_is_held(staged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, told, steps in (
        ([], "7 instances will be held", None),
        (["make", "--where", "N=1"], "1 instance will be held", ["make"]),
    ):
        capsys.readouterr()
        assert app.main(["hold", "OUT", *words]) == 0
        assert f"{staged}: {told} once the study goes on" in capsys.readouterr().out
        (request,) = waiting(staged)
        assert json.loads(request.read_text())["steps"] == steps
        request.unlink()


def test_programs_get_the_fields_of_the_page(
    staged: Path,
    capsys: pytest.CaptureFixture[str],
    documented: Callable[[str], dict[str, str]],
) -> None:
    capsys.readouterr()
    assert app.main(["hold", "--json", "OUT", "post"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["path"], told["request"], told["instances"]) == (str(staged), "hold", 3)
    row = documented("The other commands' `--json`")["hold"].partition("; `effect`")[0]
    fields = set(re.findall(r"`([a-z_]+)`", row)) - {"hold"}
    assert fields == told.keys() == PartRecord.__annotations__.keys()
    assert app.main(["hold", "--json", "OUT", "nothing"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "study"


def test_an_empty_condition_is_not_all(staged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["hold", "OUT", "--where", ""]) == 64
    assert app.main(["hold", "OUT", ""]) == 1
    assert waiting(staged) == []
