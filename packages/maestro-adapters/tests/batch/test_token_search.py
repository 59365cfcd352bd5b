"""Absent takes two answers; no answer is no answer.

A fault here would be a job that is submitted twice, as the first submission was still on its way.
"""

from maestro_adapters.batch.token_search import SETTLE, Found, TokenSearch


def looks(*answers):
    queue = list(answers)
    return lambda: queue.pop(0)


def test_what_is_found_at_once_needs_no_second_look():
    pauses = []
    look = looks([Found("a", "1", "RUNNING")])
    assert TokenSearch(look, pauses.append).find(["a"]) == {"a": {"job": "1", "state": "RUNNING"}}
    assert pauses == []


def test_absent_is_said_after_a_second_look():
    pauses = []
    assert TokenSearch(looks([], []), pauses.append).find(["a"]) == {"a": {"absent": True}}
    assert pauses == [SETTLE]


def test_a_submission_that_arrives_between_the_looks_is_found():
    look = looks([], [Found("a", "1", "PENDING")])
    assert TokenSearch(look, lambda _: None).find(["a"]) == {"a": {"job": "1", "state": "PENDING"}}


def test_no_answer_is_an_error_for_what_is_not_found_yet():
    look = looks([Found("a", "1", "RUNNING")], "squeue hangs")
    assert TokenSearch(look, lambda _: None).find(["a", "b"]) == {
        "a": {"job": "1", "state": "RUNNING"},
        "b": {"error": "squeue hangs"},
    }


def test_of_two_jobs_with_one_token_the_live_one_counts():
    dead, live = Found("a", "1", "FAILED"), Found("a", "2", "RUNNING")
    for seen in ([dead, live], [live, dead]):
        assert TokenSearch(looks(seen), lambda _: None).find(["a"])["a"]["job"] == "2"


def test_nothing_is_asked_for_nothing():
    assert TokenSearch(looks(), lambda _: None).find([]) == {}
