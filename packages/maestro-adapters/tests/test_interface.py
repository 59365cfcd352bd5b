"""What our adapters answer is what the interface says, key by key and type by type.

A fault here would be an answer whose reader has to know which adapter gave it.
"""

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from maestro_adapters import interface
from maestro_adapters.flux.adapter import FluxScheduler
from maestro_adapters.lsf.adapter import LsfScheduler
from maestro_adapters.process.runner import Result
from maestro_adapters.slurm.adapter import SlurmScheduler
from maestro_adapters.testing import FakeScheduler

#: What each program prints for a job 7 that was accepted, or runs.
PRINTED = {
    "sbatch": "7\n",
    "squeue": "7|RUNNING|None|0|1795341672|1795345272|0|n1|m0.0.1|\n",
    "bsub": "Job <7> is submitted to queue <q>.\n",
    "bjobs": '{"RECORDS": [{"JOBID": "7", "STAT": "RUN", "JOB_DESCRIPTION": "m0.0.1"}]}\n',
    "flux batch": "ƒ7\n",
    "flux jobs": '{"jobs": [{"jobid": "ƒ7", "status": "RUN", "name": "s m0.0.1", "t_run": 1.5}]}\n',
    "sacct": "",
    "scancel": "",
    "bkill": "",
    "flux cancel": "",
}


def fits(value, hint):
    """Whether a value is of a type, as far as the interface uses types."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(fits(value, part) for part in get_args(hint))
    if is_typeddict(hint):
        hints = get_type_hints(hint)
        return (
            type(value) is dict
            and hint.__required_keys__ <= set(value) <= set(hints)
            and all(fits(item, hints[key]) for key, item in value.items())
        )
    if origin in (list, Sequence):
        return type(value) is list and all(fits(item, *get_args(hint)) for item in value)
    if origin is Mapping:
        key, item = get_args(hint)
        return type(value) is dict and all(fits(k, key) and fits(v, item) for k, v in value.items())
    if hint is float:
        return type(value) in (int, float)
    return hint is object or type(value) is hint


def test_a_value_that_does_not_fit_is_seen():
    good = {"state": "RUNNING", "restarts": 0, "nodes": ["n1"], "started": 1, "reason": None}
    assert fits(good, interface.PollAnswer)
    for wrong in ({"restarts": "0"}, {"nodes": ("n1",)}, {"reason": 3}, {"energy": 1.0}):
        assert not fits({**good, **wrong}, interface.PollAnswer)
    assert not fits({"name": "a"}, interface.Description)


@pytest.fixture(params=[SlurmScheduler, LsfScheduler, FluxScheduler, FakeScheduler])
def adapter(request, runner, make_scheduled):
    def act(call):
        name = " ".join(call.argv[:2]) if call.argv[0] == "flux" else call.argv[0]
        return Result(call.argv, 0, PRINTED[name])

    for name in PRINTED:
        runner.does(name.split()[0], act)
    return FakeScheduler() if request.param is FakeScheduler else make_scheduled(request.param)


def answers_of(method):
    (answers,) = (hint for key, hint in get_type_hints(method).items() if key == "return")
    return answers


def test_each_answer_fits(adapter, make_job):
    job = make_job(adapter)
    methods = interface.Adapter
    assert fits(adapter.describe(), answers_of(methods.describe))
    texts = adapter.render(job["request"])
    assert fits(texts, answers_of(methods.render))
    assert {"script", "restart", "suffix", "script_name", "restart_name", "slots"} < set(texts)
    submitted = adapter.submit([job])
    assert fits(submitted, answers_of(methods.submit))
    job_id = submitted["k0"]["job"]
    for answers, method in [
        (adapter.poll([job_id, "99"]), methods.poll),
        (adapter.find(["m0.0.1", "m0.9.1"]), methods.find),
        (adapter.cancel([job_id, "99"]), methods.cancel),
    ]:
        assert fits(answers, answers_of(method)), answers
        assert len(answers) == 2
