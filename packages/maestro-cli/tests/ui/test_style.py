"""Colours, frames and widths as the stream can show them.

A fault here would be escape sequences in a file, colours that `NO_COLOR` does not stop, a frame
that the terminal's encoding lacks, or lines folded in a pipe.
"""

from __future__ import annotations

import io

import pytest

from maestro_cli.ui.style import Paint, colour_ok, height, unicode_ok, width


def test_no_color_and_force_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert not colour_ok(io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert colour_ok(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour_ok(io.StringIO())


def test_width_of_a_pipe_is_unlimited_unless_columns_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert width(io.StringIO()) is None
    monkeypatch.setenv("COLUMNS", "90")
    assert width(io.StringIO()) == 90
    monkeypatch.setenv("COLUMNS", "nonsense")
    assert width(io.StringIO()) is None


def test_streams_that_hold_no_frames() -> None:
    assert unicode_ok(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert not unicode_ok(io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))


def test_paint_writes_no_escape_sequence_where_colours_are_off() -> None:
    assert Paint(on=True)("text", "bold red") == "\x1b[1;31mtext\x1b[0m"
    assert Paint(on=True)("text", "") == "text"
    assert Paint(on=False)("text", "bold red") == "text"


def test_the_height_of_a_pipe_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert height() is None
