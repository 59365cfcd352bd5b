"""What may reach a terminal or a shell.

A fault here would be an escape sequence of somebody else's on the user's terminal, or a command
that the user copies and that means another folder.
"""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maestro_cli.ui.sanitize import clean, shell_word


@given(st.text(st.characters()) | st.binary().map(lambda b: b.decode("utf-8", "surrogateescape")))
def test_no_control_character_passes(text: str) -> None:
    shown = clean(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F for c in shown)
    assert not any("\ud800" <= c <= "\udfff" for c in shown)
    shown.encode()
    several = clean(text, lines=True)
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
    assert clean(raw) == shown


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert clean("a\n\tb\x07", lines=True) == "a\n    b\\x07"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
@settings(max_examples=10, deadline=None)
@example("it's")
@example("a\nb\x1b[2J")
@example('$(id) `id` \\ "')
@example(b"\xff".decode("utf-8", "surrogateescape"))
def test_a_word_is_read_by_a_shell_as_it_was(text: str) -> None:
    shown = shell_word(text)
    assert clean(shown) == shown
    command = f"printf %s {shown}"
    done = subprocess.run(["bash", "-c", command.encode()], capture_output=True, check=True)
    assert done.stdout == text.encode("utf-8", "surrogateescape")
