"""A table whose columns do not belong to its rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.results.table import collect
from maestro_cli.study.workspace_view import open_study
from maestro_conductor.testing import StepPlan, make_workspace


def cells(root: Path, chosen=None, **more) -> tuple[list[str], list[list[object]]]:
    with collect(open_study(root), chosen, **more) as found:
        return [column.name for column in found.columns], list(found)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    steps = [
        StepPlan("a", ["x", "y"], results=[{"file": "{N}.json"}]),
        StepPlan("b", results=[{"file": "b.csv", "rows": "all"}, {"file": "c"}]),
        StepPlan("none"),
    ]
    root = make_workspace(tmp_path / "w", steps)
    for number in range(2):
        folder = root / f"a/N.{number}"
        folder.mkdir(parents=True)
        (folder / f"{number}.json").write_text(json.dumps({"e": number, f"only{number}": True}))
    (root / "b").mkdir()
    (root / "b/b.csv").write_text("e\n7\n8\n")
    return root


def test_columns_that_files_name_come_as_they_are_found(root):
    names, rows = cells(root)
    assert names == [
        "instance",
        "step",
        "N",
        "state",
        "run_time",
        "exit_code",
        "e",
        "only0",
        "only1",
    ]
    assert rows == [
        ["a_N.0", "a", 0, "QUEUED", None, None, 0, True, None],
        ["a_N.1", "a", 1, "QUEUED", None, None, 1, None, True],
        ["b", "b", None, "QUEUED", None, None, 8, None, None],
    ]


def test_parameters_are_those_of_the_chosen_steps_and_the_order_is_that_of_the_study(root):
    names, rows = cells(root, [2, 3])
    assert "N" not in names
    assert [row[0] for row in rows] == ["b", "none"]


def test_rows_are_counted_only_where_there_can_be_several(root):
    assert "row" not in cells(root, [0], all_rows=True)[0]
    names, rows = cells(root, [2], all_rows=True)
    assert names[5:] == ["row", "e"]
    assert [row[5:] for row in rows] == [[0, 7], [1, 8]]


def test_trouble_is_told_once_for_a_file_whose_name_holds_a_parameter(root):
    for number in range(2):
        (root / f"a/N.{number}/{number}.json").write_text("nothing")
    with collect(open_study(root), [0, 1]) as found:
        (trouble,) = found.troubles
    assert (trouble.file, trouble.count, trouble.example) == ("a: 0.json", 2, "a_N.0")


def test_only_those_in_some_states(root):
    assert cells(root, states={"FINISHED"})[1] == []


def test_a_study_without_results_says_so(tmp_path):
    make_workspace(tmp_path / "w", [StepPlan("a")])
    with pytest.raises(StudyError, match="no step of"):
        collect(open_study(tmp_path / "w"), None)
