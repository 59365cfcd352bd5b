"""A step whose workspaces, rows or texts are not those of its combinations."""

from typing import Any

import pytest

from maestro_graph import TokenError, expand


def test_hashed_workspaces(make: Any) -> None:
    rows = list(range(11))
    graph = expand(
        make.spec(
            make.step("a b", "echo $(P)"),
            make.step("c", "cat $(a b.workspace)/x", "a b"),
            parameters={"P": rows},
        ),
        root="/w",
        hash_workspaces=True,
    )
    third = graph.instances[2]
    assert third.name == "a b_P.2"
    assert third.workspace == "a_b/a_b_instance_02"
    assert third.script == "a_b_instance_02"
    assert third.label == "a b_instance_02"
    assert graph.instances[13].command == "cat $(OUTPUT_PATH)/a_b/a_b_instance_02/x"


def test_own_workspace_by_name(make: Any) -> None:
    graph = expand(
        make.spec(make.step("a", "$(a.workspace) $(P)"), parameters={"P": [1]}), root="/w"
    )
    assert graph.instances[0].command == "$(OUTPUT_PATH)/a/P.1 1"
    assert graph.instances[0].needs == ()


def test_descriptions_take_parameters(make: Any) -> None:
    graph = expand(
        make.spec(make.step("s", "x", description="size $(P)"), parameters={"P": [1, 2]})
    )
    assert graph.steps[0].description == "size 1"
    assert [each.description for each in graph.instances] == [None, "size 2"]


def test_combinations_are_sorted_by_parameter(make: Any) -> None:
    graph = expand(make.spec(make.step("s", "$(Z) $(A)"), parameters={"Z": [1], "A": [2]}))
    assert graph.instances[0].name == "s_A.2.Z.1"
    assert graph.steps[0].parameters == ("A", "Z")


def test_names_that_clean_to_one_are_told_apart(make: Any) -> None:
    graph = expand(make.spec(make.step("s", "$(P)"), parameters={"P": ["1e+5", "1e5"]}))
    folders = [instance.workspace for instance in graph.instances]
    assert folders[1] == "s/P.1e5"
    assert folders[0].startswith("s/P.1e5-")


def test_a_workspace_that_a_value_completes(make: Any) -> None:
    steps = [make.step("a", "x"), make.step("b", "y", "a"), make.step("c", "cat $(b.work$(P)", "b")]
    graph = expand(make.spec(*steps, parameters={"P": ["space)/x"]}), root="/w")
    assert graph.instances[2].command == "cat $(OUTPUT_PATH)/b/x"
    with pytest.raises(TokenError, match=r"\$\(a.workspace\) comes up only once"):
        expand(
            make.spec(
                *steps[:2],
                make.step("c", "cat $(a.work$(P)"),
                parameters={"P": ["no", "space)/x"]},
            )
        )
