"""Instances by name, by parameters and by state.

A fault here would be a command that acts on steps which nobody named.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError, UsageError
from maestro_cli.study.selection import (
    EVERYTHING,
    Selection,
    _nearest,
    choose,
    in_states,
    read_selection,
    require_instances,
    split_conditions,
)
from maestro_cli.study.workspace_view import open_study


def names(root: Path, selection: Selection) -> list[str]:
    return [each.name for each in require_instances(open_study(root), selection)]


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(("make",)), ["make_N.1", "make_N.2", "make_N.x;y:z"]),
        (Selection(("make_N.2",)), ["make_N.2"]),
        (Selection(("*N.2", "make_N.1")), ["make_N.1", "make_N.2", "post_N.2"]),
        (Selection(where=("N=2",)), ["make_N.2", "post_N.2"]),
        (Selection(where=("N=x;y:z",)), ["make_N.x;y:z", "post_N.x;y:z"]),
        (Selection(("post",), ("N=2",)), ["post_N.2"]),
    ],
)
def test_names_patterns_and_conditions(
    failed: Path, selection: Selection, found: list[str]
) -> None:
    assert names(failed, selection) == found


def test_nothing_given_is_everything(failed: Path) -> None:
    assert choose(open_study(failed), EVERYTHING) == list(range(7))
    assert not EVERYTHING
    assert Selection(where=("N=2",))


@pytest.mark.parametrize(
    ("selection", "hint"),
    [
        (Selection(("maek",)), "did you mean make?"),
        (Selection(("MAKE",)), "its steps: make, post, collect"),
        (Selection(("",)), "its steps: make, post, collect"),
        (Selection(("mak",)), "did you mean make?"),
        (Selection(where=("N=7",)), "the nearest values of N: 1, 2, x;y:z"),
        (Selection(where=("NN=7",)), "did you mean N?"),
        (Selection(where=("M=2",)), "`maestro status --layout narrow`"),
        (Selection(("collect",), ("N=2",)), "`maestro status --layout narrow`"),
    ],
)
def test_what_fits_nothing_is_refused_with_a_suggestion(
    failed: Path, selection: Selection, hint: str
) -> None:
    with pytest.raises(StudyError) as caught:
        choose(open_study(failed), selection)
    assert str(failed) in caught.value.message
    assert hint in caught.value.hint


def test_the_folder_of_a_study_is_no_name_of_a_step(failed: Path) -> None:
    with pytest.raises(StudyError) as caught:
        choose(open_study(failed), Selection((str(failed),)))
    assert "for x in" in caught.value.hint


def test_the_command_line_is_split_as_the_format_page_says() -> None:
    vectors = Path(__file__).parents[4] / "docs/workspace-format/vectors/selection.json"
    for case in json.loads(vectors.read_text(encoding="utf-8"))["command_line"]:
        assert split_conditions(case["text"]) == case["where"]


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("TEMP=300,PRESSURE>2", ["TEMP=300", "PRESSURE>2"]),
        (' A = 1 , B != "x, y" ', ["A = 1", "B != x, y"]),
        ('A="a,b",B=2', ["A=a,b", "B=2"]),
        (",", []),
    ],
)
def test_conditions_stand_between_commas(text: str, conditions: list[str]) -> None:
    assert split_conditions(text) == conditions


def test_the_words_of_the_command_line() -> None:
    assert read_selection([], []) == EVERYTHING
    assert read_selection(["a", "b"], ["X=1,Y=2", "Z>3"]) == Selection(
        ("a", "b"), ("X=1", "Y=2", "Z>3")
    )
    assert read_selection(["a"], []).content() == {"steps": ["a"], "where": None}
    assert str(read_selection(["a"], ["X=1"])) == "a where X=1"


@pytest.mark.parametrize("text", ["", " , ", "X", "=3", 'X="a'])
def test_what_is_no_condition_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="--where: "):
        read_selection([], [text])


def test_states_choose_too(failed: Path) -> None:
    every = open_study(failed).instances()
    assert in_states(every, ()) == every
    assert [each.name for each in in_states(every, {"FAILED"})] == [
        "make_N.2",
        "post_N.2",
        "collect",
    ]


def test_of_many_values_the_nearest_are_named() -> None:
    assert _nearest("42", list(range(0, 1000, 10))) == [20, 30, 40, 50, 60]
    assert _nearest("x", list("abcdefgh")) == list("abcde")
