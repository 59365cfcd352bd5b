"""A job with the wrong script or token, rendered twice, or whose answer goes to another one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from maestro_conductor.app.conduct import conduct
from maestro_conductor.backends.job_request import JobRequests
from maestro_conductor.backends.script_writer import ScriptWriter, temporary_folder
from maestro_conductor.backends.submitter import Submitter
from maestro_conductor.core.instructions import Submission
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import GraphFile

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
    jobs = [Submission(0, 2, TOKEN, restart=True)]
    ((instance, attempt, answer),) = submitter.submit(adapter, jobs, sync=False)
    assert (instance, attempt, answer) == (0, 2, {"job": "100", "state": "PENDING"})
    (job,) = adapter.submitted.values()
    assert job["script"] == str(tmp_path / "a/a.restart.sh")
    assert Path(job["script"]).read_text() == "#!/bin/sh\n\nagain\n"
    assert (job["attempt"], job["token"]) == (2, TOKEN)
    assert (tmp_path / "a/.attempt.1").read_text() == "void\n"


def test_what_cannot_be_written_is_refused_and_the_others_go_on(made, tmp_path):
    submitter, adapter = made(StepPlan("a"), StepPlan("b"))
    (tmp_path / "a").write_text("in the way")
    jobs = [Submission(0, 1, TOKEN, restart=False), Submission(1, 1, TOKEN, restart=False)]
    first, second = submitter.submit(adapter, jobs, sync=False)
    assert "Not a directory" in first[2]["error"]
    assert first[2]["transient"] is False
    assert "job" in second[2]


class Counting(ScriptedScheduler):
    """Counts how often it renders, and gives what its own `submit` wants to have back."""

    prepares = True

    def __init__(self):
        super().__init__()
        self.rendered = []

    def render(self, request):
        self.rendered.append(request["name"])
        prepared = {"prepared": {"number": len(self.rendered)}} if self.prepares else {}
        return {**super().render(request), **prepared}


def test_a_request_is_rendered_once_for_each_attempt_and_what_is_prepared_comes_back(tmp_path):
    make_workspace(tmp_path, [StepPlan("a", ["x", "y"]), StepPlan("b", funnels=["a"])])
    adapter = Counting()
    adapter.slots = 2
    adapter.outcome = lambda _job: {"state": "FINISHED", "exit_code": 0}
    assert conduct(tmp_path, scheduler_factory=lambda _name, _options: adapter) == 0
    assert adapter.rendered == ["a_N.0", "a_N.1", "b"]
    jobs = adapter.submitted.values()
    assert [job["prepared"] for job in jobs] == [{"number": number} for number in (1, 2, 3)]


def test_an_adapter_that_prepares_nothing_gets_nothing_back(made):
    plain = Counting()
    plain.prepares = False
    submitter, _ = made(StepPlan("a"), adapter=plain)
    submitter.submit(plain, [Submission(0, 1, TOKEN, restart=False)], sync=False)
    (job,) = plain.submitted.values()
    assert job["prepared"] is None


def test_an_adapter_that_forgets_a_job_leaves_its_fate_unknown(made):
    class Forgetful(ScriptedScheduler):
        def submit(self, jobs):
            return super().submit(jobs[:1])

    submitter, adapter = made(StepPlan("a", ["x", "y"]), adapter=Forgetful())
    jobs = [Submission(i, 1, f"{TOKEN}{i}", restart=False) for i in (0, 1)]
    (_, _, first), (_, _, second) = submitter.submit(adapter, jobs, sync=False)
    assert "job" in first
    assert second == {"error": "the adapter gave no answer", "unknown": True}


def test_an_adapter_that_raises_leaves_the_fate_unknown(made):
    submitter, adapter = made(StepPlan("a"))
    adapter.refusal = lambda _job: 1 / 0
    ((_, _, answer),) = submitter.submit(
        adapter, [Submission(0, 1, TOKEN, restart=False)], sync=False
    )
    assert answer["unknown"] is True
    assert "ZeroDivisionError" in answer["error"]


def test_a_launcher_that_does_not_fit_is_a_refusal(made):
    class Picky(ScriptedScheduler):
        def render(self, request):
            raise ValueError(f"{request['name']}: 9 procs do not fit into 8")

    submitter, picky = made(StepPlan("a"), adapter=Picky())
    ((_, _, answer),) = submitter.submit(
        picky, [Submission(0, 1, TOKEN, restart=False)], sync=False
    )
    assert answer == {"error": "a: 9 procs do not fit into 8", "transient": False}


def test_with_usetmp_scripts_lie_in_a_private_folder(made, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    submitter, adapter = made(StepPlan("a"), usetmp=True)
    submitter.submit(adapter, [Submission(0, 1, TOKEN, restart=False)], sync=False)
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
    ((_, _, answer),) = submitter.submit(adapter, [Submission(0, 1, TOKEN, False)], sync=False)
    assert answer["error"] == f"cannot read {path}: it is a folder, not a file"
    path.rmdir()
    hidden.rename(path)
    ((_, _, answer),) = submitter.submit(adapter, [Submission(0, 1, TOKEN, False)], sync=False)
    assert "error" not in answer
