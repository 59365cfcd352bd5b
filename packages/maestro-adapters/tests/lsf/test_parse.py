"""What LSF's programs print.

A fault here would be the number of a greeting taken for a job's id, or a description that is cut at a sign
in it.
"""

import json

import pytest

from maestro_adapters.job import states
from maestro_adapters.lsf import parse


@pytest.mark.parametrize(
    ("stdout", "job_id"),
    [
        ("Job <930> is submitted to default queue <normal>.\n", "930"),
        (
            "Cannot connect to LSF. Please wait ...\nJob <123> is submitted to queue <short>.\n",
            "123",
        ),
        ("<<<< 5 licences left >>>>\nJob <7> is submitted to queue <q 1>.\n", "7"),
        ("作业 <8> 已提交到缺省队列 <normal>。\n", "8"),
        ("Request aborted by esub. Job not submitted.\n", None),
    ],
)
def test_the_job_id(stdout, job_id):
    assert parse.submitted(stdout) == job_id


def test_json_and_text_say_the_same():
    record = {
        "JOBID": "7", "STAT": "EXIT", "EXIT_CODE": "3", "EXIT_REASON": "", "EXEC_HOST": "2*n1:n2",
        "JOB_DESCRIPTION": "a | b m.1.1",
    }  # fmt: skip
    text = "greetings\n7|EXIT|3|-|2*n1:n2|a | b m.1.1\n"
    (shown,) = parse.bjobs(text, as_json=False)
    assert [shown] == parse.bjobs(json.dumps({"RECORDS": [record]}), as_json=True)
    assert (shown.job_id, shown.description) == ("7", "a | b m.1.1")
    assert (shown.status.state, shown.status.exit_code) == (states.FAILED, 3)
    assert shown.status.nodes == ("n1", "n2")


def test_a_job_that_is_done_has_exit_code_0():
    (shown,) = parse.bjobs("7|DONE|-|-|n1|m.1.1\n", as_json=False)
    assert (shown.status.state, shown.status.exit_code) == (states.FINISHED, 0)


def test_what_is_no_list_of_jobs_is_an_error():
    for text in ("", "{}", '{"RECORDS": 3}', '{"RECORDS": [3]}'):
        with pytest.raises((ValueError, KeyError)):
            parse.bjobs(text, as_json=True)
    # Lines of another form are a site's own.
    assert parse.bjobs("7|RUN\nhello\n", as_json=False) == []


def test_each_host_once():
    assert list(parse.hosts("4*hostA:hostB:hostB")) == ["hostA", "hostB"]
    assert list(parse.hosts("")) == []
