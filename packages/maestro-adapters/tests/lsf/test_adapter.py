"""What goes to LSF's commands, and what becomes of their answers.

A fault here would be a job that is given up as half an answer came back, or as this `bjobs` has no
JSON.
"""

import json

import pytest

from maestro_adapters.job import states

#: The form of `bjobs -a -o … -json` (bjobs.json.1, LSF 10.1).
JSON = json.dumps(
    {
        "COMMAND": "bjobs",
        "JOBS": 3,
        "RECORDS": [
            {
                "JOBID": "22005",
                "STAT": "EXIT",
                "EXIT_CODE": "3",
                "EXIT_REASON": "",
                "EXEC_HOST": "4*tbi-cn019:tbi-cn020:tbi-cn020",
                "JOB_DESCRIPTION": "about it m0.1.1",
            },
            {
                "JOBID": "22006",
                "STAT": "EXIT",
                "EXIT_CODE": "",
                "EXIT_REASON": "TERM_RUNLIMIT: job killed after reaching LSF run time limit",
                "EXEC_HOST": "",
                "JOB_DESCRIPTION": "",
            },
            {"JOBID": "22007", "STAT": "PEND", "EXIT_CODE": "", "JOB_DESCRIPTION": "m0.3.1"},
        ],
    }
)
TEXT = """\
22005|EXIT|3|-|4*tbi-cn019:tbi-cn020:tbi-cn020|about | it m0.1.1
22006|EXIT|-|TERM_RUNLIMIT: job killed after reaching LSF run time limit|-|-
22007|PEND|-|-|-|m0.3.1
"""
NO_JSON = "bjobs: illegal option -- json\n"
DOWN = "Cannot connect to LSF. Please wait ...\n"


def test_submission(runner, make_adapter, make_job, tmp_path):
    adapter = make_adapter()
    runner.answers("bsub", "Job <930> is submitted to default queue <normal>.\n")
    job = make_job(adapter, exclude_nodes=["n1", "n2"])
    assert adapter.submit([job]) == {"k0": {"job": "930", "state": "PENDING"}}
    (call,) = runner.calls
    assert call.argv == ("bsub", "-cwd", f"{tmp_path}/w0", "-Jd", "about it m0.0.1", "-rn")
    assert call.submits
    assert "#BSUB -R \"select[hname!='n1' && hname!='n2']\"" in call.stdin
    assert "MAESTRO_TOKEN=m0.0.1" in call.stdin


def test_a_study_may_ask_for_rerun(runner, make_adapter, make_job):
    adapter = make_adapter()
    runner.answers("bsub", "Job <930> is submitted to default queue <normal>.\n")
    adapter.submit([make_job(adapter, requeue=True)])
    assert runner.calls[0].argv[-1] == "-r"
    assert "LSB_RESTART" in runner.calls[0].stdin


def test_a_pending_limit_is_waiting(runner, make_adapter, make_job):
    adapter = make_adapter()
    message = "User <joe>: Pending job threshold reached. Retrying in 60 seconds...\n"
    runner.answers("bsub", stderr=message, exit_code=255)
    answers = adapter.submit([make_job(adapter, 0), make_job(adapter, 1)])
    assert len(runner.calls) == 1
    for answer in answers.values():
        assert (answer["transient"], answer["unknown"]) == (True, False)


@pytest.mark.parametrize(
    ("stderr", "transient"),
    [
        ("nope: No such queue. Job not submitted.\n", False),
        ("nope: No such user group. Job not submitted.\n", False),
        (DOWN, True),
        ("Failed in an LSF library call: LIM is down; try later. Job not submitted.\n", True),
    ],
)
def test_refusals(runner, make_adapter, make_job, stderr, transient):
    adapter = make_adapter()
    runner.answers("bsub", stderr=stderr, exit_code=255)
    answer = adapter.submit([make_job(adapter)])["k0"]
    assert (answer["transient"], answer["unknown"]) == (transient, False)
    assert stderr.strip() in answer["error"]


def test_a_hanging_bsub_leaves_it_open(runner, make_adapter, make_job):
    adapter = make_adapter()
    runner.hangs("bsub")
    answer = adapter.submit([make_job(adapter)])["k0"]
    assert (answer["transient"], answer["unknown"]) == (True, True)


def check_answers(answers):
    assert {job: (a["state"], a["exit_code"]) for job, a in answers.items()} == {
        "22005": (states.FAILED, 3),
        "22006": (states.TIMEDOUT, None),
        "22007": (states.PENDING, None),
    }
    assert answers["22005"]["nodes"] == ["tbi-cn019", "tbi-cn020"]


IDS = ["22005", "22006", "22007"]


def test_poll_as_json(runner, make_adapter):
    banner = "*** 3 nodes {n1, n2, n3} are down ***\n"
    runner.answers("bjobs", f"{banner}{JSON}\n{banner}")
    check_answers(make_adapter().poll(IDS))
    assert runner.argvs("bjobs") == [
        ("bjobs", "-a", "-o", "jobid stat exit_code exit_reason exec_host job_description", "-json")
    ]


def test_poll_as_text_where_there_is_no_json(runner, make_adapter):
    adapter = make_adapter()
    runner.answers("bjobs", stderr=NO_JSON, exit_code=255)
    runner.answers("bjobs", TEXT)
    check_answers(adapter.poll(IDS))
    adapter.poll(IDS)
    assert ["-json" in argv for argv in runner.argvs("bjobs")] == [True, False, False]


def test_no_jobs_at_all_is_an_answer(runner, make_adapter):
    runner.answers("bjobs", stderr="No job found\n", exit_code=255)
    adapter = make_adapter()
    found = [adapter.poll(["1"])["1"]["state"] for _ in range(3)]
    assert found == [states.UNKNOWN, states.UNKNOWN, states.NOTFOUND]


@pytest.mark.parametrize("stdout", ["{", '{"JOBS": 1}', "[]", '{"RECORDS": 3}'])
def test_half_an_answer_is_none(runner, make_adapter, stdout):
    runner.answers("bjobs", stdout)
    assert make_adapter().poll(["1"])["1"]["state"] == states.UNREACHABLE


def test_an_outage_says_nothing(runner, make_adapter):
    adapter = make_adapter()
    runner.answers("bjobs", JSON)
    adapter.poll(IDS)
    runner.forget()
    runner.answers("bjobs", stderr=DOWN, exit_code=255)
    for _ in range(5):
        answers = adapter.poll(IDS)
        assert {answer["state"] for answer in answers.values()} == {states.UNREACHABLE}
        assert "Cannot connect" in answers["22005"]["reason"]


def test_cancel(runner, make_adapter):
    stdout = "Job <1> is being terminated\n"
    stderr = (
        "Job <2>: Job has already finished\n"
        "Job <3>: No matching job found\n"
        "Job <4>: User permission denied\n"
    )
    runner.answers("bkill", stdout, stderr, exit_code=255)
    answers = make_adapter().cancel(["1", "2", "3", "4"])
    assert [answers[job] == {"cancelled": True} for job in "1234"] == [True, True, True, False]
    assert runner.argvs("bkill") == [("bkill", "1", "2", "3", "4")]


def test_cancel_of_nothing_asks_nothing(runner, make_adapter):
    assert make_adapter().cancel([]) == {}
    assert make_adapter().poll([]) == {}
    assert runner.calls == []


def test_a_cancel_that_was_not_answered_is_an_error(runner, make_adapter):
    runner.answers("bkill", stderr=DOWN, exit_code=255)
    assert make_adapter().cancel(["1"])["1"]["transient"]


def test_find_reads_the_last_word_of_descriptions(runner, make_adapter):
    runner.answers("bjobs", JSON)
    assert make_adapter().find(["m0.3.1", "m0.9.1"]) == {
        "m0.3.1": {"job": "22007", "state": "PENDING"},
        "m0.9.1": {"absent": True},
    }
