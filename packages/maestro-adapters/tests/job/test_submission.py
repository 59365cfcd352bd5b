"""A job of `submit` as a value. A fault here would be a job that nobody can find again by its token."""

import pytest

from maestro_adapters.errors import RequestError
from maestro_adapters.job.prepared import Prepared
from maestro_adapters.job.submission import parse_submission

PREPARED = Prepared(workspace="/w", label="s")
JOB = {"key": "k", "token": "m.1.1", "attempt": 2, "script": "/w/s.sh", "request": {"name": "s"}}


def test_the_request_is_given_to_who_knows_what_submitting_takes():
    requests = []

    def prepare(request):
        requests.append(request)
        return PREPARED

    job = parse_submission({**JOB, "exclude_nodes": ["n1"]}, prepare)
    assert requests == [JOB["request"]]
    assert (job.key, job.token, job.attempt, job.script) == ("k", "m.1.1", 2, "/w/s.sh")
    assert (job.prepared, job.exclude_nodes) == (PREPARED, ("n1",))
    assert parse_submission(JOB, prepare).exclude_nodes == ()


def test_what_was_prepared_is_taken_and_nothing_is_read_again():
    def read_again(_request):
        raise AssertionError("the request was read again")

    assert parse_submission({**JOB, "prepared": PREPARED.as_map()}, read_again).prepared == PREPARED
    without = {key: value for key, value in JOB.items() if key != "request"}
    assert parse_submission({**without, "prepared": PREPARED.as_map()}, read_again).key == "k"


@pytest.mark.parametrize("token", ["", "a b", "a\n", " a"])
def test_a_token_is_one_word(token):
    with pytest.raises(RequestError, match="token"):
        parse_submission({**JOB, "token": token}, lambda _: PREPARED)
