"""An amended study whose instances would find themselves in another folder, or in that of another one."""

from typing import Any

import attrs
import pytest

from maestro_graph import Graph, expand
from maestro_graph.model.earlier import Earlier, Place


def earlier_of(graph: Graph) -> Earlier:
    return Earlier(
        graph.hashws,
        graph.amendment,
        {step.name: step.workspace for step in graph.steps},
        {each.name: Place(each.workspace, each.script, each.label) for each in graph.instances},
    )


def places(graph: Graph) -> dict[str, Place]:
    return dict(earlier_of(graph).places)


def study(make: Any, values: list[Any], step: str = "sim") -> dict[str, Any]:
    return make.spec(make.step(step, "echo $(P) > $(WORKSPACE)/x"), parameters={"P": values})


def test_a_row_in_front_moves_no_numbered_workspace(make: Any) -> None:
    before = expand(study(make, list(range(10))), root="/w", hash_workspaces=True)
    assert before.instances[0].workspace == "sim/sim_instance_0"
    after = expand(study(make, [77, *range(10)]), root="/w", earlier=earlier_of(before))
    known = places(after)
    assert known.pop("sim_P.77") == ("sim/sim_instance_10", "sim_instance_10", "sim_instance_10")
    assert known == places(before)
    assert after.instances[1].command == "echo 0 > $(OUTPUT_PATH)/sim/sim_instance_0/x"
    assert after.hashws


def test_a_new_instance_takes_no_number_of_one_that_is_gone(make: Any) -> None:
    before = expand(study(make, [1, 2, 3]), root="/w", hash_workspaces=True)
    after = expand(study(make, [3, 4, 5]), root="/w", earlier=earlier_of(before))
    assert [each.workspace for each in after.instances] == [
        "sim/sim_instance_2",
        "sim/sim_instance_3",
        "sim/sim_instance_4",
    ]


def test_a_name_that_cleaning_makes_equal_leaves_the_first_where_it_is(make: Any) -> None:
    before = expand(study(make, ["a b"]), root="/w")
    after = expand(study(make, ["a b", "a_b"]), root="/w", earlier=earlier_of(before))
    old, new = after.instances
    assert old.workspace == before.instances[0].workspace == "sim/P.a_b"
    assert new.workspace.startswith("sim/P.a_b-")
    assert new.workspace != old.workspace


def test_a_step_keeps_its_folder_beside_one_with_a_name_like_it(make: Any) -> None:
    before = expand(make.spec(make.step("a b", "true")), root="/w")
    steps = [make.step("a_b", "true"), make.step("a b", "cat $(a_b.workspace)/x", "a_b")]
    after = expand(make.spec(*steps), root="/w", earlier=earlier_of(before))
    new, old = after.instances
    assert (old.name, old.workspace) == ("a b", "a_b")
    assert new.workspace.startswith("a_b-")
    assert old.command == f"cat $(OUTPUT_PATH)/{new.workspace}/x"


@pytest.mark.parametrize("numbered", [True, False])
def test_the_same_study_is_the_same_graph(make: Any, numbered: bool) -> None:
    document = study(make, ["a b", "a.b", "a_b", "é", 3])
    before = expand(document, root="/w", hash_workspaces=numbered)
    after = expand(document, root="/w", earlier=earlier_of(before))
    assert list(after.instances) == list(before.instances)
    assert attrs.asdict(after.steps[0]) == attrs.asdict(before.steps[0])
