"""What the contract works with says when an adapter is wrong.

A fault here would be a contract that waits for ever, or one that takes any value for a builtin one.
"""

import pytest

from maestro_adapters.testing import FakeScheduler, Plan
from maestro_adapters.testing.bench import Bench, check_begun, check_builtin


@pytest.fixture
def bench(tmp_path):
    return Bench(FakeScheduler(default=Plan(runs=None)), tmp_path, 0.05, {"procs": 1})


def test_each_job_has_a_workspace_and_a_token_of_its_own(bench):
    first, second = bench.submit({"command": "true"}, {"command": "true", "folder": "here"})
    assert (first.workspace.name, second.workspace.name) == ("job-1", "here")
    assert first.token != second.token
    assert (second.workspace / "job.fake.sh").read_text().endswith("true\n")
    assert bench.adapter.find([first.token])[first.token]["job"] == first.id


@pytest.mark.parametrize("forget", [True, False])
def test_what_was_prepared_is_handed_back_unless_forgotten(tmp_path, forget):
    class Watched(FakeScheduler):
        def submit(self, jobs):
            self.jobs = jobs
            return super().submit(jobs)

    adapter = Watched()
    Bench(adapter, tmp_path, 0.05).submit({"command": "true"}, forget=forget)
    assert ("prepared" in adapter.jobs[0]) is not forget


def test_it_does_not_wait_for_ever(bench):
    (job,) = bench.submit({"command": "true"})
    with pytest.raises(AssertionError, match="1 jobs did not get there"):
        bench.ends([job])
    with pytest.raises(AssertionError, match="did not come about"):
        bench.eventually(lambda: False)
    bench.adapter.finish(job.id, "FAILED", 3)
    (end,) = bench.ends([job])
    assert (end["state"], end["exit_code"]) == ("FAILED", 3)


@pytest.mark.parametrize("value", [(1,), {1: "a"}, {"a": {2}}, [object()], {"a": [(1,)]}])
def test_what_is_not_builtin(value):
    with pytest.raises(AssertionError):
        check_builtin(value)


def test_a_job_that_was_found_has_not_ended():
    check_begun({"a": {"job": "1", "state": "RUNNING"}, "b": {"absent": True}})
    with pytest.raises(AssertionError, match="for poll to tell"):
        check_begun({"a": {"job": "1", "state": "FINISHED"}})
