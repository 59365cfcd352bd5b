"""``maestro report``, from the command line to the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli import app


def test_a_page_is_written_and_said(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert app.main(["report", "OUT"]) == 0
    assert capsys.readouterr().out == "report.html: 7 instances, failed\n"
    assert Path("report.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_what_the_table_leaves_out_is_said(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["report", "OUT", "-o", "small.html", "--rows", "2"]) == 0
    assert "2 of them in the table, all of them counted" in capsys.readouterr().out
    assert not Path("report.html").exists()


def test_watching_a_study_that_has_ended_writes_once(failed: Path) -> None:
    assert app.main(["report", "OUT", "--watch", "--interval", "3600"]) == 0
    assert Path("report.html").exists()


@pytest.mark.parametrize(
    ("words", "told"), [(["absent"], "does not exist"), (["OUT", "-o", "absent/x"], "absent/x")]
)
def test_what_does_not_fit_is_one_message(
    failed: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    capsys.readouterr()
    assert app.main(["report", *words]) == 1
    assert told in capsys.readouterr().err
