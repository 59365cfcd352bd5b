"""An instance that is another one when it is asked for by its index."""

from typing import Any

import pytest

from maestro_graph import expand


def test_the_sequence_of_instances(make: Any) -> None:
    graph = expand(
        make.spec(make.step("a", "$(P)"), make.step("b", "x", "a_*"), parameters={"P": [1, 2, 3]})
    )
    listed = list(graph.instances)
    assert [graph.instances[index] for index in range(4)] == listed
    assert graph.instances[-1] == listed[3]
    assert list(graph.instances[1:3]) == listed[1:3]
    with pytest.raises(IndexError):
        graph.instances[4]


@pytest.mark.parametrize(("rows", "last"), [(1, "0"), (10, "9"), (11, "10"), (101, "100")])
def test_numbers_have_the_width_of_the_highest(make: Any, rows: int, last: str) -> None:
    spec = make.spec(make.step("s", "$(P)"), parameters={"P": list(range(rows))})
    instances = expand(spec, hash_workspaces=True).instances
    assert instances[-1].script == f"s_instance_{last}"
    assert instances[0].script == f"s_instance_{'0' * len(last)}"
