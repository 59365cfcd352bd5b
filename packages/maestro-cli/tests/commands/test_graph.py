"""``maestro graph``, from the command line to the picture.

A fault here would be a picture that is written nowhere, or options that are taken and ignored.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli import app


def test_a_study_file_and_a_folder_are_drawn(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["graph", "chain.yaml"]) == 0
    assert "│ ×3   │" in capsys.readouterr().out
    assert app.main(["graph", "OUT"]) == 0
    assert "×3: 1 failed, 2 finished" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("form", "holds"),
    [("mermaid", "n0 --> n1"), ("dot", "n0 -> n1;"), ("svg", "</svg>"), ("text", "└──")],
)
def test_every_form_goes_to_a_file(
    failed: Path, capsys: pytest.CaptureFixture[str], form: str, holds: str
) -> None:
    capsys.readouterr()
    assert app.main(["graph", "OUT", "--format", form, "-o", "picture"]) == 0
    assert holds in Path("picture").read_text(encoding="utf-8")
    assert capsys.readouterr().out == ""


def test_instances_up_to_a_limit_that_is_said(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["graph", "--instances", "--limit", "3", "--format", "dot", "OUT"]) == 0
    told = capsys.readouterr()
    assert told.err == "note: 3 of 7 instances are drawn; the others are counted\n"
    assert "make_N.1" in told.out
    assert "make_N.3" not in told.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["graph", "OUT", "--var", "A=1"], 1, "is a folder"),
        (["graph", "absent"], 1, "absent"),
        (["graph", "chain.yaml", "--pargs", "a:b"], 64, "--pargs needs --pgen"),
        (["graph", "chain.yaml", "--steps", "--instances"], 64, "not allowed with"),
        (["graph", "chain.yaml", "-o", "absent/x"], 1, "absent/x"),
    ],
)
def test_what_does_not_fit_is_one_message(
    failed: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, told: str
) -> None:
    capsys.readouterr()
    assert app.main(words) == code
    shown = capsys.readouterr().err
    assert told in shown
    assert "Traceback" not in shown
