"""What `why` prints.

A fault here would be an explanation that programs cannot read, or an escape sequence on a terminal.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maestro_cli import app


def test_each_instance_is_an_object(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert app.main(["why", "--json", "OUT", "make"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["step"], each["state"]) for each in told] == [
        ("make", "FINISHED"),
        ("make", "FAILED"),
        ("make", "FINISHED"),
    ]
    assert told[1]["name"] == "make_N.2"
    assert told[1]["text"] == "ended with exit code 7"
    assert told[1]["last_lines"] == ["first", "\x1b[31mno luck\x1b[0m"]


def test_what_a_log_says_is_harmless(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert app.main(["why", "OUT", "make_N.2"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("make_N.2  FAILED  ended with exit code 7\n    ")
    assert "\x1b" not in shown


def test_a_name_that_fits_nothing_is_refused(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["why", "OUT", "maek"]) == 1
    assert "did you mean make?" in capsys.readouterr().err


def test_without_a_step_the_study_is_explained(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["why", "OUT"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "chain  FAILED: 4 finished, 2 blocked, 1 failed",
        "  Failed: exit code 7 (1).",
        "  Blocked: by make_N.2 (2).",
        "What failed, and why: maestro status --failed OUT",
        "What the first that failed printed: maestro logs OUT make_N.2",
        "Once the cause is gone: maestro resume OUT",
    ]
    assert app.main(["why", "--json", "OUT"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["study"], told["state"]) == ("chain", "FAILED")
    assert told["next"][-1] == "maestro resume OUT"
