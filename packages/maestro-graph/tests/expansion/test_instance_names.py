"""Two instances of one name, of which one would overwrite the other."""

from typing import Any

import pytest

from maestro_graph import StudyError, expand


@pytest.mark.parametrize(
    ("longer", "command"), [("a_P.2", "echo"), ("a_x", "echo $(P)"), ("a_x_1", "echo")]
)
def test_no_two_instances_have_one_name(make: Any, longer: str, command: str) -> None:
    values = [1, 2] if longer == "a_P.2" else ["x_1", "1"]
    spec = make.spec(
        make.step(longer, command),
        make.step("a", "echo $(P)"),
        parameters={"P": values},
    )
    if longer != "a_P.2":
        spec["parameters"][0]["columns"][0]["label"] = "%%"
    with pytest.raises(StudyError, match="would both be called a_"):
        expand(spec, root="/w")


def test_rows_of_equal_labels_are_one_instance(make: Any) -> None:
    columns = [make.column("P", [1, 2, 3], label=["x", "y", "x"])]
    graph = expand(
        make.spec(make.step("s", "echo $(P)"), parameters=[{"columns": columns, "csv": None}])
    )
    assert [instance.command for instance in graph.instances] == ["echo 1", "echo 2"]
    assert graph.notices == (
        "step s: rows 1 and 3 of the parameters differ but have the same labels; only row 1 is run",
    )


def test_equal_rows_are_no_notice(make: Any) -> None:
    graph = expand(make.spec(make.step("s", "echo $(P)"), parameters={"P": [1, 1]}))
    assert len(graph.instances) == 1
    assert graph.notices == ()
