"""A limit of the user's own on all of their jobs in the queue, whoever submitted them.

A fault here would be an account that is blocked, as a study filled the queue.
"""

import itertools
import json

import pytest

from maestro_adapters.errors import OptionsError
from maestro_adapters.flux.adapter import FluxScheduler
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.lsf.adapter import LsfScheduler
from maestro_adapters.process.runner import Result
from maestro_adapters.slurm.adapter import SlurmScheduler

#: What each scheduler's list shows: three jobs of the user that wait or run, one of them not ours,
#: and one that has ended, where the list has such.
SQUEUE = """\
11|RUNNING|None|0|1795341672|1795345272|0|n1|(null)|
12_0|PENDING|Priority|0|N/A|N/A|0||about m9.[0-1].1|
12_1|COMPLETING|None|0|1795341672|1795341675|0|n2|about m9.[0-1].1|
13|COMPLETED|None|0|1795341672|1795341675|0|n2|about m9.2.1|
"""
BJOBS = json.dumps(
    {
        "RECORDS": [
            {"JOBID": "1", "STAT": "RUN"},
            {"JOBID": "2", "STAT": "PEND", "JOB_DESCRIPTION": "m9.0.1"},
            {"JOBID": "3", "STAT": "USUSP", "JOB_DESCRIPTION": "m9.1.1"},
            {"JOBID": "4", "STAT": "DONE", "JOB_DESCRIPTION": "m9.2.1"},
        ]
    }
)
FLUX_JOBS = json.dumps(
    {
        "jobs": [
            {"jobid": "ƒ1", "state": "RUN", "name": "mine"},
            {"jobid": "ƒ2", "state": "SCHED", "name": "s0 m9.0.1"},
            {"jobid": "ƒ3", "state": "CLEANUP", "name": "s1 m9.1.1"},
        ]
    }
)
LISTS = {"squeue": SQUEUE, "bjobs": BJOBS, "flux jobs": FLUX_JOBS}
IDS = {"sbatch": "{}\n", "bsub": "Job <{}> is submitted to queue <q>.\n", "flux batch": "ƒA{}\n"}
SCHEDULERS = pytest.mark.parametrize("scheduler", [SlurmScheduler, LsfScheduler, FluxScheduler])


@pytest.fixture
def submissions(runner):
    """The submissions that reach a scheduler with three jobs of the user in its queue."""
    made = []
    numbers = itertools.count(111)

    def act(call):
        does = " ".join(call.argv[:2]) if call.argv[0] == "flux" else call.argv[0]
        if does in LISTS:
            return Result(call.argv, 0, LISTS[does])
        made.append(call)
        return Result(call.argv, 0, IDS[does].format(next(numbers)))

    for program in ("squeue", "sbatch", "bjobs", "bsub", "flux"):
        runner.does(program, act)
    return made


@SCHEDULERS
@pytest.mark.parametrize(("throttle", "taken"), [(5, 2), (3, 0), (1, 0), (9, 4), (None, 4)])
def test_what_exceeds_the_limit_waits(
    scheduler, throttle, taken, submissions, make_scheduled, make_job
):
    adapter = make_scheduled(scheduler, user_throttle=throttle)
    answers = adapter.submit([make_job(adapter, number) for number in range(4)])
    assert [key for key, answer in answers.items() if "job" in answer] == [
        f"k{number}" for number in range(taken)
    ]
    assert len(submissions) == taken
    for answer in list(answers.values())[taken:]:
        assert (answer["transient"], answer["unknown"]) == (True, False)
        assert f"user_throttle is {throttle}" in answer["error"]
        assert f"{3 + taken} jobs of the user" in answer["error"]


@SCHEDULERS
def test_the_user_s_jobs_are_counted_once_a_round_and_only_where_asked(
    scheduler, runner, submissions, make_scheduled, make_job
):
    for throttle, lists in ((None, 0), (9, 1)):
        adapter = make_scheduled(scheduler, user_throttle=throttle)
        submissions.clear()
        runner.calls.clear()
        assert adapter.submit([]) == {}
        adapter.submit([make_job(adapter, number) for number in range(3)])
        assert len(runner.calls) - len(submissions) == lists


@SCHEDULERS
def test_jobs_that_cannot_be_counted_hold_everything_back(
    scheduler, runner, make_scheduled, make_job
):
    for program in ("squeue", "bjobs", "flux"):
        runner.hangs(program)
    adapter = make_scheduled(scheduler, user_throttle=5)
    (answer,) = adapter.submit([make_job(adapter)]).values()
    assert (answer["transient"], answer["unknown"]) == (True, False)
    assert "could not be counted" in answer["error"]
    assert "did not answer in time" in answer["error"]
    assert len(runner.calls) == 1


def test_an_array_is_cut_to_the_room_there_is(submissions, make_scheduled, make_job):
    adapter = make_scheduled(SlurmScheduler, user_throttle=6, array=True)
    answers = adapter.submit([make_job(adapter, number) for number in range(5)])
    (call,) = submissions
    assert "--array=0-2" in call.argv
    assert [answer.get("job") for answer in answers.values()] == [
        "111_0", "111_1", "111_2", None, None,
    ]  # fmt: skip


def test_the_jobs_of_the_cluster_that_the_study_names_are_counted(
    runner, submissions, make_scheduled, make_job
):
    adapter = make_scheduled(SlurmScheduler, user_throttle=9, allocation_args={"clusters": "big"})
    adapter.submit([make_job(adapter)])
    (argv,) = runner.argvs("squeue")
    assert "--clusters=big" in argv


@pytest.mark.parametrize("value", [0, -1, "x"])
def test_a_limit_that_is_none(value):
    with pytest.raises(OptionsError, match=r"user_throttle|no number"):
        AdapterOptions.from_mapping({"user_throttle": value})
