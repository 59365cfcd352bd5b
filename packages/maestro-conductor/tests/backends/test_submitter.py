"""From a graph to what adapters get: requests, slots, scripts, folders."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from maestro_conductor.app.conduct import conduct
from maestro_conductor.backends.job_request import JobRequests, adapter_options, make_job_request
from maestro_conductor.backends.script_writer import ScriptWriter, temporary_folder
from maestro_conductor.backends.submitter import Submitter
from maestro_conductor.core.instructions import Job
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import GraphFile, read_graph

TOKEN = "m3f9a0c2d71e8.0.1"  # noqa: S105 - names a submitter


@pytest.fixture
def made(tmp_path):
    def make(*plans, usetmp=False, adapter=None, **batch):
        graph = GraphFile(make_workspace(tmp_path, plans, batch=batch))
        adapter = adapter or ScriptedScheduler()
        folder = temporary_folder("3f9a0c2d71e8") if usetmp else None
        requests = JobRequests(graph, tmp_path)
        return Submitter(ScriptWriter(graph.graph, requests, adapter, tmp_path, folder)), adapter

    return make


def test_a_request_merges_batch_step_and_instance(tmp_path):
    plan = StepPlan("s", ["cmd"], resources={"nodes": 2, "walltime": "90"})
    make_workspace(tmp_path, [plan], batch={"type": "slurm", "procs": 8, "gpus": 1})
    file = GraphFile(tmp_path)
    graph, record = file.graph, file.instance(0)
    request = make_job_request(record, graph.steps[0].record, graph.batch, tmp_path)
    assert request["workspace"] == str(tmp_path / "s")
    assert (request["nodes"], request["default_procs"], request["default_gpus"]) == (2, 8, 1)
    assert (request["walltime"], request["description"]) == ("90", "about s")
    own = {**graph.steps[0].resources, "nodes": 5}
    record.update(resources=own, description="mine")
    request = make_job_request(record, graph.steps[0].record, graph.batch, tmp_path)
    assert (request["nodes"], request["description"]) == (5, "mine")


def test_defaults_of_the_batch_are_for_scheduled_steps(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["cmd"])], batch={"type": "slurm", "procs": 8})
    file = GraphFile(tmp_path)
    graph, record = file.graph, file.instance(0)
    request = make_job_request(record, graph.steps[0].record, graph.batch, tmp_path)
    assert "default_procs" not in request
    assert request["scheduled"] is False


def test_local_steps_of_a_scheduled_study_have_one_slot(tmp_path):
    assert adapter_options({"local_slots": None}, local_beside=True)["slots"] == 1
    assert adapter_options({"local_slots": 5}, local_beside=True)["slots"] == 5
    assert adapter_options({"local_slots": None})["slots"] is None


def test_the_limit_of_a_user_reaches_the_scheduler(tmp_path):
    make_workspace(tmp_path, [StepPlan("s", ["cmd"])], batch={"user_throttle": 7})
    assert adapter_options(read_graph(tmp_path).batch)["user_throttle"] == 7
    assert adapter_options({"user_throttle": 7}, local_beside=True).get("user_throttle") is None


def test_a_study_has_the_adapter_it_names_and_a_local_one(tmp_path):
    plans = [StepPlan("a"), StepPlan("s", resources={"nodes": 1})]
    make_workspace(tmp_path, plans, batch={"type": "fancy"})
    made = {}

    def factory(name, options):
        made[name] = ScriptedScheduler(name=name)
        made[name].outcome = lambda _job: {"state": "FINISHED", "exit_code": 0}
        return made[name]

    assert conduct(tmp_path, scheduler_factory=factory) == 0
    ran = {name: [job["request"]["name"] for job in made[name].submitted.values()] for name in made}
    assert ran == {"fancy": ["s"], "local": ["a"]}


def test_what_is_submitted(made, tmp_path):
    submitter, adapter = made(StepPlan("a", restart="again"))
    jobs = [Job(0, 2, TOKEN, restart=True)]
    ((instance, attempt, answer),) = submitter.submit(adapter, jobs, sync=False)
    assert (instance, attempt, answer) == (0, 2, {"job": "100", "state": "PENDING"})
    (job,) = adapter.submitted.values()
    assert job["script"] == str(tmp_path / "a/a.restart.sh")
    assert Path(job["script"]).read_text() == "#!/bin/sh\n\nagain\n"
    assert (job["attempt"], job["token"]) == (2, TOKEN)
    assert (tmp_path / "a/.attempt.1").read_text() == "void\n"


def test_a_script_that_a_shell_may_be_reading_is_replaced(made, tmp_path):
    submitter, adapter = made(StepPlan("a"))
    submitter.submit(adapter, [Job(0, 1, TOKEN, restart=False)], sync=False)
    with (tmp_path / "a/a.sh").open() as reading:
        submitter.submit(adapter, [Job(0, 2, TOKEN, restart=False)], sync=True)
        assert reading.read() == "#!/bin/sh\n\ntrue\n"
    assert [path.name for path in (tmp_path / "a").iterdir() if path.name.endswith(".tmp")] == []


def test_what_cannot_be_written_is_refused_and_the_others_go_on(made, tmp_path):
    submitter, adapter = made(StepPlan("a"), StepPlan("b"))
    (tmp_path / "a").write_text("in the way")
    jobs = [Job(0, 1, TOKEN, restart=False), Job(1, 1, TOKEN, restart=False)]
    first, second = submitter.submit(adapter, jobs, sync=False)
    assert "Not a directory" in first[2]["error"]
    assert first[2]["transient"] is False
    assert "job" in second[2]


def test_an_adapter_that_raises_leaves_the_fate_unknown(made):
    submitter, adapter = made(StepPlan("a"))
    adapter.refusal = lambda _job: 1 / 0
    ((_, _, answer),) = submitter.submit(adapter, [Job(0, 1, TOKEN, restart=False)], sync=False)
    assert answer["unknown"] is True
    assert "ZeroDivisionError" in answer["error"]


def test_a_launcher_that_does_not_fit_is_a_refusal(made):
    class Picky(ScriptedScheduler):
        def render(self, request):
            raise ValueError(f"{request['name']}: 9 procs do not fit into 8")

    submitter, picky = made(StepPlan("a"), adapter=Picky())
    ((_, _, answer),) = submitter.submit(picky, [Job(0, 1, TOKEN, restart=False)], sync=False)
    assert answer == {"error": "a: 9 procs do not fit into 8", "transient": False}


def test_with_usetmp_scripts_lie_in_a_private_folder(made, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    submitter, adapter = made(StepPlan("a"), usetmp=True)
    submitter.submit(adapter, [Job(0, 1, TOKEN, restart=False)], sync=False)
    (job,) = adapter.submitted.values()
    assert job["script"].startswith(f"{tmp_path}/tmp/maestro-")
    assert job["script"].endswith("3f9a0c2d71e8/a/a.sh")
    (folder,) = (tmp_path / "tmp").iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert not (tmp_path / "a/a.sh").exists()


def test_a_graph_that_cannot_be_read_for_now_is_named_and_waited_for(made, tmp_path):
    submitter, adapter = made(StepPlan("a"))
    path = tmp_path / ".maestro" / "graph.msgpack"
    hidden = path.rename(tmp_path / "hidden")
    path.mkdir()
    ((_, _, answer),) = submitter.submit(adapter, [Job(0, 1, TOKEN, False)], sync=False)
    assert answer["error"] == f"cannot read {path}: it is a folder, not a file"
    path.rmdir()
    hidden.rename(path)
    ((_, _, answer),) = submitter.submit(adapter, [Job(0, 1, TOKEN, False)], sync=False)
    assert "error" not in answer
