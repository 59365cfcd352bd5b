"""Words of other tools, options that nearly exist, and words too many, answered with ours.

A fault here would be an answer that names a command or option which does not exist.
"""

from __future__ import annotations

import pytest

from maestro_cli import app
from maestro_cli.commands import COMMANDS
from maestro_cli.ui.other_words import _COMMANDS as WORDS
from maestro_cli.ui.other_words import _OPTIONS


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["restart", "x"], "here that is: maestro resume DIR"),
        (["rerun", "x"], "here that is: maestro resume --failed DIR"),
        (["export", "x"], "here that is: maestro results DIR"),
        (["list"], "here that is: maestro ls"),
        (["STOP", "x"], "here that is: maestro cancel DIR"),
        (["kill", "x"], "here that is: maestro cancel DIR"),
        (["run", "--dryrun", "x.yaml"], "run has no option --dryrun\n  → did you mean --dry?"),
        (["run", "--dry-run=1", "x.yaml"], "run has no option --dry-run\n  → did you mean --dry?"),
        (["run", "--foreground", "x.yaml"], "did you mean -fg?"),
        (["status", "--laoyut", "flat", "x"], "did you mean --layout?"),
        (["status", "--zzzzzz", "x"], "status has no option --zzzzzz\n  → `maestro status --help`"),
        (["run", "a", "b"], 'for x in a b; do maestro run "$x"; done'),
        (["status", "x", "--summary", "y"], "status takes one DIR, and here is more: y\n"),
        (["PAUSE", "x"], "here that is: maestro hold DIR"),
        (["completion", "bash", "x"], "completion takes one shell, and here is more: x\n"),
    ],
)  # fmt: skip
def test_words_of_others_get_ours(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(words) == 64
    assert told in capsys.readouterr().err


def test_every_answer_is_something_that_there_is() -> None:
    for word, answer in WORDS.items():
        assert word not in COMMANDS
        for command in answer.split("maestro ")[1:]:
            given = command.split()
            assert app.make_parser(given[0]).parse_args(given).word
    known: set[str] = set()
    for name in COMMANDS:
        parser = app.make_parser(name)
        own = set(parser._chosen(parser.parse_known_args(_least(name))[0])._option_string_actions)
        assert not {meant for word, meant in _OPTIONS.items() if word in own} & own
        known |= own
    assert set(_OPTIONS.values()) <= known


def _least(name: str) -> list[str]:
    return [name, *{"why": ["DIR", "STEP"], "completion": ["bash"]}.get(name, ["DIR"])]
