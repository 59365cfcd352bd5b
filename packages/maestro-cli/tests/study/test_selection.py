"""Instances by name, pattern and state.

A fault here would be a command that acts on steps which nobody named.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.study.selection import matches, require_instances, select
from maestro_cli.study.workspace_view import open_study


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("make", ["make_N.1", "make_N.2", "make_N.x.y.z"]),
        ("make_N.2", ["make_N.2"]),
        ("*N.2", ["make_N.2", "post_N.2"]),
        ("MAKE", None),
        ("mak", None),
    ],
)
def test_names_and_patterns(failed: Path, pattern: str, found: list[str] | None) -> None:
    study = open_study(failed)
    chosen = [each.number for each in study.instances() if matches(each, [pattern])]
    if found is None:
        assert chosen == []
        with pytest.raises(StudyError, match="has no step or instance"):
            require_instances(study, pattern)
    else:
        assert [each.number for each in require_instances(study, pattern)] == chosen
        assert len(chosen) == len(found)
        assert found[0] in [study.graph.names[i] for i in chosen]


def test_a_name_in_brackets_is_a_name(failed: Path) -> None:
    instance = open_study(failed).instances([0])[0]._replace(name="a[1]")
    assert matches(instance, ["a[1]"])
    assert matches(instance, ["nothing", "a*"])
    assert not matches(instance, ["a1"])


def test_a_mistyped_name_gets_a_suggestion(failed: Path) -> None:
    study = open_study(failed)
    with pytest.raises(StudyError) as caught:
        require_instances(study, "maek")
    assert caught.value.hint == "did you mean make?"
    with pytest.raises(StudyError) as caught:
        require_instances(study, "")
    assert caught.value.hint == "its steps: make, post, collect"
    assert "''" in caught.value.message


def test_states_and_patterns_both_count(failed: Path) -> None:
    every = open_study(failed).instances()
    assert select(every, states=(), patterns=()) == every
    bad = select(every, states={"FAILED"}, patterns=())
    assert [each.name for each in bad] == ["make_N.2", "post_N.2", "collect"]
    assert select(every, states={"FAILED"}, patterns=["make", "coll*"]) == [bad[0], bad[2]]
