"""A program that is left in the background, or one that is waited for and reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_spec.lint.background import left_in_background

LEFT = [
    ("a &", "a &"),
    ("a &\nb", "a &"),
    ("b; a&", "b; a&"),
    (
        "(sleep 4; echo one) > log1.txt &\n(sleep 3) > log2.txt &\n",
        "(sleep 4; echo one) > log1.txt &",
    ),
    ("a 2>&1 &", "a 2>&1 &"),
    ("a &>log &", "a &>log &"),
    ("a && b &", "a && b &"),
    ("cat <<E &\nwait\nE\n", "cat <<E &"),
    ("for i in 1 2; do\n  a $i &\ndone", "a $i &"),
    ("a & # and wait", "a &"),
    ("a & echo 'wait'", "a &"),
    ('echo "it\\"s" & b', 'echo "it\\"s" &'),
    ("a <<'E' <<-F\nx & y\nE\n\tz\n\tF\nb &", "b &"),
    ("awaits & b", "awaits &"),
]
NOT = [
    "a && b",
    "a 2>&1",
    "a >&2 && b <&3 3>&-",
    "a &> log",
    "a &>> log",
    "a |& b",
    "a &\nwait",
    "a & b & wait $!",
    "a & kill $!",
    "a & pid=$!; b; stop $pid",
    "nohup a >/dev/null 2>&1 &",
    "setsid a &",
    "echo 'a & b'",
    'echo "a & b"',
    "sed 's/x/&/' f",
    "echo a \\& b",
    "# a & b",
    "a # b & c",
    "cat <<E\na & b\nE\n",
    "cat <<-'E'\na & b\n\tE\n",
    "cat <<A <<B\nx & y\nA\nx & y\nB\necho",
    "x=$(( a & b ))",
    "cat <<< 'a & b'",
    "case x in a) b ;& c) d ;;& esac",
    "echo `a & b`",
    "",
]


@pytest.mark.parametrize(("command", "line"), LEFT)
def test_what_is_left_is_found(command, line):
    assert left_in_background(command, "/bin/bash") == line


@pytest.mark.parametrize("command", NOT)
def test_no_false_alarm(command):
    assert left_in_background(command, "/bin/bash") is None


@pytest.mark.parametrize(
    ("shell", "is_one"),
    [
        ("/bin/sh", True),
        ("/bin/bash -eu", True),
        ("/usr/bin/env zsh", True),
        ("/usr/bin/env python3", False),
        ("/usr/bin/Rscript", False),
        ("/bin/fish", False),
        ("/bin/csh", False),
    ],
)
def test_only_shells_that_we_can_read(shell, is_one):
    assert (left_in_background("a &", shell) is not None) == is_one


PIECES = st.sampled_from(
    ["a", " ", "&", "\n", "'", '"', "<<E", "E", "((", "))", "#", "\\", "`", ";", ">"]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_is_read_to_its_end(text):
    line = left_in_background(text, "/bin/sh")
    assert line is None or (line.endswith("&") and line in text)
    assert left_in_background(text + "\nwait", "/bin/sh") is None or any(
        c in text for c in "'\"`<#(\\"
    )
