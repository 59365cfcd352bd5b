"""Texts that name the folder of a study.

Would catch a command that runs on the old folder of a study that was moved, and one that is changed
where it names something else.
"""

from __future__ import annotations

import pytest

from maestro_conductor.backends.relocation import filled_in, relocation, texts_in
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import read_graph

OLD, NEW = "/w/my study", "/new/place"


@pytest.mark.parametrize(
    ("text", "relocated"),
    [
        ("cat /w/my study/a/x", "cat /new/place/a/x"),
        ("cat '/w/my study'", "cat '/new/place'"),
        ("a=/w/my study:/w/my study/b", "a=/new/place:/new/place/b"),
        ("cd /w/my study.", "cd /new/place."),
        ("cd /w/my study;ls", "cd /new/place;ls"),
        ("/w/my study2/x", "/w/my study2/x"),
        ("/w/my study-2/x", "/w/my study-2/x"),
        ("/w/my study.bak/x", "/w/my study.bak/x"),
        ("/mnt/w/my study/x", "/mnt/w/my study/x"),
        ("../w/my study/x", "../w/my study/x"),
        (r"\1 /w/my study/\g<0>", r"\1 /new/place/\g<0>"),
    ],
)
def test_a_path_counts_where_it_begins_with_the_folder(text, relocated):
    assert relocation(OLD, NEW)(text) == relocated


def test_texts_are_found_in_maps_and_lists_and_nothing_else_changes():
    value = {"a": [f"{OLD}/x", 3, None, True], "b": {"c": 1.5, OLD: f"{OLD}"}}
    assert relocation(OLD, NEW)(value) == {
        "a": [f"{NEW}/x", 3, None, True],
        "b": {"c": 1.5, OLD: NEW},
    }


def test_a_study_that_stays_is_as_it_is():
    value = {"a": [OLD]}
    assert relocation(OLD, OLD)(value) is value
    assert relocation("/", NEW)("/x") == "/x"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("cat $(OUTPUT_PATH)/a/x", "cat /new/place/a/x"),
        ("$$(OUTPUT_PATH)$(OUTPUT_PATH)", "$/new/place/new/place"),
        ("$(OUTPUT_PATHS) $(LAUNCHER)", "$(OUTPUT_PATHS) $(LAUNCHER)"),
        (f"cat {OLD}/x", f"cat {OLD}/x"),
    ],
)
def test_the_folder_is_put_in_the_place_of_its_token(text, filled):
    assert filled_in(NEW)({"a": [text, 3, None]}) == {"a": [filled, 3, None]}


def test_the_folder_is_put_in_once():
    odd = "/w/$(OUTPUT_PATH)/x"
    assert filled_in(odd)("$(OUTPUT_PATH) $(OUTPUT_PATH)") == f"{odd} {odd}"


def test_the_graph_says_how_its_texts_name_the_folder(tmp_path):
    text = f"{tmp_path / 'a'} $(OUTPUT_PATH)"
    make_workspace(tmp_path / "a", [StepPlan("a")])
    make_workspace(tmp_path / "b", [StepPlan("a")], named_by_token=True)
    assert texts_in(read_graph(tmp_path / "a"), NEW)(text) == "/new/place $(OUTPUT_PATH)"
    assert texts_in(read_graph(tmp_path / "b"), NEW)(text) == f"{tmp_path / 'a'} /new/place"
