"""A resource that reaches a scheduler as something else than it says, or that is no number."""

from typing import Any

import pytest

from maestro_graph import Graph, ResourceError, expand


def one(make: Any, resources: dict[str, Any], **more: Any) -> Any:
    graph = expand(make.spec(make.step("s", "x", resources=resources), **more))
    instance = graph.instances[0]
    return instance, instance.resources or graph.steps[0].resources


@pytest.mark.parametrize(
    ("field", "written", "expected"),
    [
        ("nodes", 2, 2),
        ("nodes", "2", 2),
        ("procs", "$(N)", 3),
        ("procs", 4.0, 4),
        ("gpus", "", None),
        ("walltime", "$(N):00", "3:00"),
        ("bind", "packed:$(N)", "packed:3"),
        ("exclusive_allocation", "$(YES)", True),
        ("exclusive_launcher", "False", False),
        ("nested", True, True),
        ("priority", "high", "high"),
        ("priority", "0.5", 0.5),
        ("priority", 0.25, 0.25),
        (
            "allocation_args",
            {"mem": "$(N)G", "x": [1, "$(N)"], "y": {"z": "$(P)"}},
            {"mem": "3G", "x": [1, "3"], "y": {"z": "7"}},
        ),
    ],
)
def test_settled(make: Any, field: str, written: Any, expected: Any) -> None:
    _, resources = one(
        make, {field: written}, variables={"N": 3, "YES": "true"}, parameters={"P": [7]}
    )
    value = getattr(resources, field)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (
            {"procs": "$(P)"},
            "procs of step s in row 2 of the parameters is 'many', which is no whole",
        ),
        ({"nodes": "2.5"}, "nodes of step s is '2.5'"),
        ({"nodes": -1}, "nodes of step s is '-1'"),
        ({"cores_per_task": True}, "cores per task of step s is 'True'"),
        ({"procs": 0}, "procs of step s is 0, and must be at least 1"),
        ({"nested": "perhaps"}, "nested of step s is 'perhaps', which is neither"),
    ],
)
def test_refused_when_expanding(make: Any, resources: Any, message: str) -> None:
    spec = make.spec(make.step("s", "x", resources=resources), parameters={"P": [1, "many"]})
    with pytest.raises(ResourceError, match=message):
        expand(spec)


@pytest.mark.parametrize(
    ("resources", "scheduled"),
    [
        ({}, False),
        ({"gpus": 1}, False),
        ({"nodes": 1}, True),
        ({"procs": "2"}, True),
        ({"procs": ""}, False),
    ],
)
def test_scheduled(make: Any, resources: Any, scheduled: bool) -> None:
    instance, _ = one(make, resources, batch={"type": "slurm", "nodes": 4})
    assert instance.scheduled is scheduled


def test_resources_of_each_instance(make: Any) -> None:
    step = make.step("s", "x", resources={"procs": "$(P)", "nodes": 1})
    graph = expand(make.spec(step, parameters={"P": [1, 2], "Q": ["a", "b"]}))
    assert graph.steps[0].resources.procs == 1
    assert graph.instances[0].resources is None
    other = graph.instances[1].resources
    assert other is not None
    assert (other.procs, other.nodes) == (2, 1)


def test_equal_resources_are_one(make: Any) -> None:
    rows = list(range(100))
    step = make.step("s", "$(P)", resources={"procs": "$(Q)"})
    graph = expand(make.spec(step, parameters={"P": rows, "Q": [row % 2 + 1 for row in rows]}))
    assert len({id(instance.resources) for instance in graph.instances}) == 2


def batch_of(make: Any, **batch: Any) -> Any:
    graph: Graph = expand(
        make.spec(make.step("s", "x"), batch=batch, variables={"BANK": "$(X)", "X": "y", "N": 2})
    )
    return graph.batch


def test_batch(make: Any) -> None:
    batch = batch_of(
        make, type="slurm", bank="$(BANK)", nodes="$(N)", allocation_args={"a": "$(N)"}, array=True
    )
    assert (batch.bank, batch.nodes, batch.array) == ("y", 2, True)
    assert batch.allocation_args == {"a": "2"}
    assert batch.shell == "/bin/bash"


def test_a_batch_that_is_no_number(make: Any) -> None:
    with pytest.raises(ResourceError, match="nodes of the batch block is '\\$\\(P\\)'"):
        batch_of(make, nodes="$(P)")


def test_blank_texts_of_the_batch_block_are_not_said(make: Any) -> None:
    said = {"type": "slurm", "bank": " ", "queue": "", "host": None, "qos": "$(E)", "shell": " "}
    batch = batch_of(make, **said)
    assert (batch.bank, batch.queue, batch.host, batch.qos) == (None, None, None, "$(E)")
    assert batch.shell == "/bin/bash"


@pytest.mark.parametrize(
    ("kind", "walltime", "message"),
    [
        ("slurm", "UNLIMITED", None),
        ("slurm", "soon", "walltime of step s is 'soon', which is no walltime"),
        ("lsf", "UNLIMITED", "walltime of step s is 'UNLIMITED', for which lsf has no word"),
        ("flux", "infinite", "walltime of step s is 'infinite', for which flux has no word"),
        ("flux", "inf", None),
        ("flux", " ", None),
        ("local", "soon", None),
        ("other", "soon", None),
    ],
)
def test_walltimes(make: Any, kind: str, walltime: str, message: str | None) -> None:
    resources = {"procs": 1, "walltime": "$(T)"}
    if message is None:
        one(make, resources, batch={"type": kind}, variables={"T": walltime})
        return
    with pytest.raises(ResourceError, match=message):
        one(make, resources, batch={"type": kind}, variables={"T": walltime})


def test_a_walltime_that_a_local_step_is_held_to_must_be_one(make: Any) -> None:
    with pytest.raises(ResourceError, match="no walltime"):
        one(make, {"walltime": "soon", "enforce_walltime": True})
