"""Questions and their answers.

A fault here would be a study that is deleted or cancelled though nobody said yes, or a command
that waits forever for an answer that nobody can give.
"""

from __future__ import annotations

import io

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.ui.prompt import agreed, ask


@pytest.mark.parametrize(
    ("answer", "meaning"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False)]
)
def test_only_yes_is_yes(
    answer: str, meaning: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert agreed("Really?") is meaning
    assert capsys.readouterr().out.startswith("Really? [y/n] ")


def test_nobody_there_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(StudyError, match="nobody to answer"):
        agreed("Really?")


def test_the_answer_is_taken_without_its_blanks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(" 12 \n"))
    assert ask("How many?", ()) == "12"
    assert capsys.readouterr().out == "How many? \n"
