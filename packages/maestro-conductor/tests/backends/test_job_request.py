"""A step that gets other resources, slots or defaults than its study says."""

from __future__ import annotations

import pytest

from maestro_conductor.backends.job_request import (
    JobRequests,
    adapter_options,
    make_job_request,
    slots,
)
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import GraphFile, read_graph


def test_a_request_merges_batch_step_and_instance(tmp_path):
    plan = StepPlan("s", ["cmd"], resources={"nodes": 2, "walltime": "90"})
    make_workspace(tmp_path, [plan], batch={"type": "slurm", "procs": 8, "gpus": 1})
    file = GraphFile(tmp_path)
    graph, record = file.graph, file.instance(0)
    request = make_job_request(record, graph.steps[0].record, graph.batch, tmp_path)
    assert request == JobRequests(file, tmp_path).read(0)
    assert request["workspace"] == str(tmp_path / "s")
    assert (request["nodes"], request["default_procs"], request["default_gpus"]) == (2, 8, 1)
    assert (request["walltime"], request["description"]) == ("90", "about s")
    own = {**graph.steps[0].resources, "nodes": 5}
    record.update(resources=own, description="mine")
    request = make_job_request(record, graph.steps[0].record, graph.batch, tmp_path)
    assert (request["nodes"], request["description"]) == (5, "mine")


def test_instances_of_a_step_differ_in_what_is_theirs(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["one", "two"], resources={"procs": 2})])
    requests = JobRequests(GraphFile(tmp_path), tmp_path)
    first, second = requests.read(0), requests.read(1)
    assert (first["command"], second["command"]) == ("one", "two")
    assert first["workspace"] != second["workspace"]
    assert first["procs"] == second["procs"] == 2


def test_defaults_of_the_batch_are_for_scheduled_steps(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["cmd"])], batch={"type": "slurm", "procs": 8})
    request = JobRequests(GraphFile(tmp_path), tmp_path).read(0)
    assert "default_procs" not in request
    assert request["scheduled"] is False


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, 1),
        ({"procs": 4}, 4),
        ({"procs": 4, "cores_per_task": 3}, 12),
        ({"cores_per_task": 3}, 3),
        ({"procs": 0, "cores_per_task": 0}, 1),
        ({"procs": " 4 ", "cores_per_task": "2"}, 8),
        ({"procs": "many"}, 1),  # the adapter refuses it, and says so
        ({"procs": None, "default_procs": 6, "scheduled": True}, 6),
        ({"procs": 2, "default_procs": 6, "scheduled": True}, 2),
        ({"procs": None, "default_procs": 6, "scheduled": False}, 1),
    ],
)
def test_slots_are_tasks_times_cores(request_, expected):
    assert slots(request_) == expected


def test_an_instance_fills_the_slots_of_its_own_resources(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["x"] * 3, resources={"procs": 3})])
    file = GraphFile(tmp_path)
    requests = JobRequests(file, tmp_path)
    assert [requests.slots(i) for i in range(3)] == [3, 3, 3]
    record = file.instance

    class Own:
        """The same graph; one instance has resources of its own."""

        graph = file.graph

        def instance(self, index):
            resources = {**file.graph.steps[0].resources, "procs": 5}
            return {**record(index), "resources": resources if index == 1 else None}

    file.graph.own_resources[1] = 1
    requests = JobRequests(Own(), tmp_path)
    assert [requests.slots(i) for i in range(3)] == [3, 5, 3]


def test_slots_of_a_graph_that_cannot_be_read_for_now_are_one(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", resources={"procs": 3})])
    file = GraphFile(tmp_path)
    file.graph.own_resources[0] = 1
    path = tmp_path / ".maestro/graph.msgpack"
    path.unlink()
    path.mkdir()
    assert JobRequests(file, tmp_path).slots(0) == 1


def test_local_steps_of_a_scheduled_study_have_one_slot(tmp_path):
    assert adapter_options({"local_slots": None}, local_beside=True)["slots"] == 1
    assert adapter_options({"local_slots": 5}, local_beside=True)["slots"] == 5
    assert adapter_options({"local_slots": None})["slots"] is None


def test_the_limit_of_a_user_reaches_the_scheduler(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["cmd"])], batch={"user_throttle": 7})
    assert adapter_options(read_graph(tmp_path).batch)["user_throttle"] == 7
    assert adapter_options({"user_throttle": 7}, local_beside=True).get("user_throttle") is None


def test_a_request_names_the_folder_in_which_the_study_is(tmp_path):
    resources = {"procs": 1, "allocation_args": {"log": ["$(OUTPUT_PATH)/log"]}}
    plan = StepPlan(
        "$(OUTPUT_PATH)", ["a $(OUTPUT_PATH)/x"], restart="$$(OUTPUT_PATH)", resources=resources
    )
    batch = {"type": "slurm", "args": {"$(OUTPUT_PATH)": "$(OUTPUT_PATH)"}}
    make_workspace(tmp_path / "made", [plan], batch=batch, named_by_token=True)
    now = (tmp_path / "made").rename(tmp_path / "now")
    requests = JobRequests(GraphFile(now), now)
    request = requests.read(0)
    assert (request["command"], request["restart"]) == (f"a {now}/x", f"${now}")
    assert request["description"] == f"about {now}"
    assert request["allocation_args"] == {"log": [f"{now}/log"]}
    assert (request["name"], request["label"]) == ("$(OUTPUT_PATH)", "$(OUTPUT_PATH)")
    assert requests.batch["args"] == {"$(OUTPUT_PATH)": str(now)}
