"""Which output `logs` shows.

A fault here would be the output of another step, or a silence that nobody can explain.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.app import make_parser
from maestro_cli.commands import logs
from maestro_conductor.app.conduct import log_path_of


@pytest.mark.parametrize(("words", "lines"), [("", None), ("-n 3", 3), ("-f", 10), ("-f -n 0", 0)])
def test_how_many_lines(words: str, lines: int | None) -> None:
    parser = make_parser("logs")
    found = logs.read_args(parser.parse_args(["logs", "OUT", *words.split()]))
    assert found.lines == lines


def test_the_log_of_the_study_or_of_a_step(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = log_path_of(failed, "chain")
    log.parent.mkdir(exist_ok=True)
    log.write_text("of the conductor\n")
    capsys.readouterr()
    assert app.main(["logs", "OUT"]) == 0
    assert capsys.readouterr().out == f"==> {log} <==\nof the conductor\n"
    assert app.main(["logs", "-n", "1", "OUT", "make_N.2"]) == 0
    assert "no luck" in capsys.readouterr().out


def test_steps_that_have_printed_nothing_are_named(
    staged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["logs", "OUT", "post"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nothing has been printed so far by post" in shown.err
