"""What `render` prepared is all that `submit` needs.

A fault here would be a step whose request is read twice, or one whose script must lie on this machine
although only the job reads it.
"""

import pytest

from maestro_adapters.flux.adapter import FluxScheduler
from maestro_adapters.lsf.adapter import LsfScheduler
from maestro_adapters.slurm.adapter import SlurmScheduler

SUBMITS = {
    SlurmScheduler: ("sbatch", "7\n"),
    LsfScheduler: ("bsub", "Job <7> is submitted to queue <q>.\n"),
    FluxScheduler: ("flux", "ƒ7\n"),
}
REQUEST = {
    "name": "s",
    "label": "a label",
    "description": "about it",
    "workspace": "/nowhere/w",
    "command": "true",
    "procs": 2,
    "gpus": 1,
    "cores_per_task": 3,
    "requeue": True,
    "priority": "high",
    "bank": "b",
    "allocation_args": {"x": "n9"},
}

pytestmark = pytest.mark.parametrize("scheduler", SUBMITS)


class Untouchable(dict):
    """A request that nobody may read any more."""

    def _touched(self, *_):
        raise AssertionError("the request was read again")

    __getitem__ = __iter__ = __len__ = __contains__ = _touched
    get = keys = items = values = _touched


@pytest.fixture
def submit(scheduler, runner, make_scheduled):
    """The command that a job makes of a new adapter, of one that rendered nothing."""

    def submit(**job):
        program, stdout = SUBMITS[scheduler]
        runner.forget()
        runner.answers(program, stdout)
        adapter = make_scheduled(scheduler, environment={"MY": "own"})
        (answer,) = adapter.submit([job]).values()
        assert "job" in answer, answer
        return runner.calls[-1]

    return submit


def job(adapter, **fields):
    texts = adapter.render(REQUEST)
    return {
        "key": "k",
        "token": "m.1.1",
        "attempt": 1,
        "script": f"/nowhere/w/{texts['script_name']}",
        "request": REQUEST,
        "prepared": texts["prepared"],
        "exclude_nodes": ["n1"],
        **fields,
    }


def test_neither_request_nor_script_is_read(scheduler, make_scheduled, submit):
    adapter = make_scheduled(scheduler)
    call = submit(**job(adapter, request=Untouchable()))
    assert "about it" in " ".join(call.argv) or "a_label" in " ".join(call.argv)
    text = call.stdin or call.argv[-1]
    assert "MAESTRO_TOKEN=m.1.1" in text
    assert "/nowhere/w" in text


def test_a_caller_that_kept_nothing_submits_the_same(scheduler, make_scheduled, submit):
    adapter = make_scheduled(scheduler)
    given, untold = job(adapter), job(adapter)
    del untold["prepared"]
    assert submit(**given) == submit(**untold) == submit(**{**given, "prepared": None})


def test_a_script_that_lies_elsewhere_is_still_read(scheduler, runner, make_scheduled, tmp_path):
    adapter = make_scheduled(scheduler)
    (answer,) = adapter.submit([job(adapter, script=str(tmp_path / "gone.sh"))]).values()
    assert answer["error"].startswith(f"cannot read {tmp_path}/gone.sh")
    assert runner.calls == []


def test_a_local_step_is_not_prepared(scheduler, make_scheduled):
    assert make_scheduled(scheduler).render({**REQUEST, "scheduled": False})["prepared"] is None
