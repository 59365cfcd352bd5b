"""What may reach a terminal, and how wide it is."""

from __future__ import annotations

import io
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maestro_cli.ui import terminal


@given(st.text(st.characters()) | st.binary().map(lambda b: b.decode("utf-8", "surrogateescape")))
def test_no_control_character_passes(text: str) -> None:
    shown = terminal.clean(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F for c in shown)
    assert not any("\ud800" <= c <= "\udfff" for c in shown)
    shown.encode()
    several = terminal.clean(text, lines=True)
    assert all(c == "\n" or c >= " " for c in several)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain é 世", "plain é 世"),
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        (b"\xff\xfe".decode("utf-8", "surrogateescape"), r"\xff\xfe"),
    ],
)
def test_control_characters_become_visible(raw: str, shown: str) -> None:
    assert terminal.clean(raw) == shown


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert terminal.clean("a\n\tb\x07", lines=True) == "a\n    b\\x07"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
@settings(max_examples=10, deadline=None)
@example("it's")
@example("a\nb\x1b[2J")
@example('$(id) `id` \\ "')
@example(b"\xff".decode("utf-8", "surrogateescape"))
def test_a_word_is_read_by_a_shell_as_it_was(text: str) -> None:
    shown = terminal.word(text)
    assert terminal.clean(shown) == shown
    command = f"printf %s {shown}"
    done = subprocess.run(["bash", "-c", command.encode()], capture_output=True, check=True)
    assert done.stdout == text.encode("utf-8", "surrogateescape")


def test_no_color_and_force_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert not terminal.colour_ok(io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert terminal.colour_ok(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal.colour_ok(io.StringIO())


def test_width_of_a_pipe_is_unlimited_unless_columns_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert terminal.width(io.StringIO()) is None
    monkeypatch.setenv("COLUMNS", "90")
    assert terminal.width(io.StringIO()) == 90
    monkeypatch.setenv("COLUMNS", "nonsense")
    assert terminal.width(io.StringIO()) is None


def test_streams_that_hold_no_frames() -> None:
    assert terminal.unicode_ok(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert not terminal.unicode_ok(io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))


@pytest.mark.parametrize(
    ("answer", "meaning"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False)]
)
def test_only_yes_is_yes(
    answer: str, meaning: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert terminal.agreed("Really?") is meaning
    assert capsys.readouterr().out.startswith("Really? [y/n] ")


def test_nobody_there_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(terminal.StudyError, match="nobody to answer"):
        terminal.agreed("Really?")
