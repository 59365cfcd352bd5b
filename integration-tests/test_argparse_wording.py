"""No command reads the prose of argparse, which Python words as it likes, and a translation too."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Every message of argparse keeps its values, and loses its words.
GARBLED = """
import gettext, re
def garble(text):
    if text is None:  # so asks argparse for a description that there is not
        return None
    return " ~ ".join(["\u00bf", *re.findall(r"%\\(\\w+\\)[rsd]|%[rsd]", text), "\u00bf"])
gettext.gettext = garble
gettext.ngettext = lambda one, many, number: garble(one if number == 1 else many)
"""

PROGRAMS = {
    "maestro": "maestro_cli.app",
    "maestro-spec": "maestro_spec.cli",
    "maestro-graph": "maestro_graph.cli",
    "conductor": "maestro_conductor.app.command",
}


def run(program: str, *words: str, garbled: bool = False) -> subprocess.CompletedProcess[str]:
    start = f"import sys; sys.argv[0] = {program!r}; from {PROGRAMS[program]} import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", (GARBLED if garbled else "") + start, *words],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["statsu", "x"], ["no command 'statsu'", "did you mean status?"]),
        (["zzz"], ["no command 'zzz'", "choose from run, "]),
        (["status", "--layout", "flta", "x"], ["--layout: there is no 'flta'", "did you mean flat?"]),
        (["-d", "9", "status", "x"], ["-d/--debug_lvl: there is no '9'", "choose from 1, 2, 3, 4, 5"]),
        (["completion", "bahs"], ["shell: there is no 'bahs'", "did you mean bash?"]),
        (["completion", "a (choose from b, c)"], ["there is no 'a (choose from b, c)'", "bash, zsh"]),
    ],
)  # fmt: skip
def test_what_there_is_not_gets_our_words(words: list[str], told: list[str]) -> None:
    plain, garbled = run("maestro", *words), run("maestro", *words, garbled=True)
    assert plain.returncode == garbled.returncode == 64
    assert plain.stderr == garbled.stderr
    for part in told:
        assert part in plain.stderr


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("maestro", ["cancel", "--nosuch"]),
        ("maestro", ["run"]),
        ("maestro", ["update", "--throttle", "many", "x"]),
        ("maestro-spec", ["lint"]),
        ("maestro-spec", ["lint", "--format", "jsno", "x"]),
        ("maestro-spec", ["nosuch"]),
        ("maestro-graph", ["expand"]),
        ("maestro-graph", ["nosuch"]),
        ("conductor", []),
        ("conductor", ["-d", "9", "x"]),
    ],
)
def test_other_mistakes_are_mistakes_in_any_words(program: str, words: list[str]) -> None:
    plain, garbled = run(program, *words), run(program, *words, garbled=True)
    assert (
        plain.returncode == garbled.returncode == (64 if program in ("maestro", "conductor") else 2)
    )
    # The words around a message of our own are translated since Python 3.11.
    ours = sys.version_info < (3, 11) and "--throttle" in words
    assert ours or "\u00bf" in garbled.stderr
    assert plain.stdout == garbled.stdout == ""
    assert "Traceback" not in garbled.stderr
