"""Names of steps and conditions on the command line, wherever they stand.

A fault here would be a name that is taken for something else, or a command that means all instances
though one was named.
"""

from __future__ import annotations

import pytest

from maestro_cli.app import make_parser
from maestro_cli.errors import UsageError


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["OUT"], []),
        (["OUT", "a", "b_*"], ["a", "b_*"]),
        (["OUT", "--json", "a", "b"], ["a", "b"]),
        (["OUT", "a", "--json", "b"], ["a", "b"]),
        (["--json", "OUT", "a"], ["a"]),
        (["OUT", "--", "a", "-b"], ["a", "-b"]),
        (["OUT", "--json", "--", "a", "-b"], ["a", "-b"]),
        (["OUT", "--step", "a", "b"], ["b", "a"]),
        (["--step", "a", "--step=b", "OUT"], ["a", "b"]),
        (["OUT", "--where", "N=1", "a"], ["a"]),
    ],
)
@pytest.mark.parametrize("command", ["hold", "release", "skip", "resume", "why"])
def test_names_stand_before_and_behind_options(
    command: str, words: list[str], names: list[str]
) -> None:
    found = make_parser(command).parse_args([command, *words])
    assert found.directory == "OUT"
    assert [*found.names, *found.step] == names


@pytest.mark.parametrize("command", ["status", "cancel"])
def test_several_folders_need_an_option_before_the_names(command: str) -> None:
    parser = make_parser(command)
    found = parser.parse_args([command, "A", "B", "--step", "x", "y", "--json", "z"])
    assert (found.directory, found.step) == (["A", "B"], ["x", "y", "z"])
    found = parser.parse_args([command, "--step", "x", "A", "B"])
    assert (found.directory, found.step) == (["A", "B"], ["x"])
    assert parser.parse_args([command, "A"]).step == []  # nothing of before is kept
    with pytest.raises(UsageError, match="takes one DIR, and here is more: B"):
        parser.parse_args([command, "A", "--json", "B"])


@pytest.mark.parametrize("words", [["OUT", "--jsno"], ["OUT", "a", "--frob", "b"], ["OUT", "-q"]])
def test_an_option_that_there_is_not_is_no_name(words: list[str]) -> None:
    with pytest.raises(UsageError, match="hold has no option -"):
        make_parser("hold").parse_args(["hold", *words])
