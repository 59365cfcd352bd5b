"""What a local job takes of its request.

Would catch a walltime or a number of slots that is lost on its way.
"""

import pytest

from maestro_adapters.errors import RequestError
from maestro_adapters.job.request import parse_request
from maestro_adapters.local.job import parse_local_job, prepare


def request(**fields):
    return {"name": "a", "workspace": "/w", "command": "true", **fields}


def job(**fields):
    known = {"key": "k", "token": "m1.1.1", "attempt": 3, "script": "/w/a.sh"}
    return parse_local_job({**known, **fields})


CASES = [
    ({}, {"label": "a", "slots": 1, "limit": None, "patience": None}),
    ({"label": "a b"}, {"label": "a b"}),
    ({"procs": 2, "cores_per_task": "3"}, {"slots": 6}),
    ({"procs": 0, "default_procs": 8}, {"slots": 1}),
    ({"walltime": "1:00"}, {"limit": None, "patience": 60.0}),
    ({"walltime": "1:00", "enforce_walltime": True}, {"limit": 60.0, "patience": None}),
    ({"walltime": "infinite", "enforce_walltime": True}, {"limit": None, "patience": None}),
    ({"walltime": "soon"}, {"limit": None, "patience": None}),  # nobody enforces it
]


@pytest.mark.parametrize(("fields", "known"), CASES)
def test_what_was_prepared_makes_the_same_job_as_the_request(fields, known):
    asked = request(**fields)
    read = job(request=asked)
    prepared = prepare(asked, parse_request(asked))
    handed_back = job(request=None, prepared=prepared)
    for found in (read, handed_back):
        assert (found.token, found.attempt, found.script) == ("m1.1.1", 3, "/w/a.sh")
        assert found.workspace == "/w"
        for name, value in known.items():
            assert getattr(found, name) == value


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"walltime": "soon", "enforce_walltime": True}, "'soon' is no walltime"),
        ({"label": "é" * 111}, "too long"),  # 222 bytes
        ({"enforce_walltime": "perhaps"}, "say true or false"),
    ],
)
def test_what_cannot_be_used_is_refused(fields, message):
    asked = request(**fields)
    with pytest.raises(RequestError, match=message):
        job(request=asked)
    with pytest.raises(RequestError, match=message):
        prepare(asked, parse_request({**asked, "walltime": None, "enforce_walltime": None}))


def test_a_request_without_a_workspace_is_refused():
    with pytest.raises(RequestError, match="no workspace"):
        job(request={"name": "a"})


@pytest.mark.parametrize("prepared", [{}, {"workspace": "/w"}, {"directives": []}])
def test_what_another_adapter_prepared_is_refused(prepared):
    with pytest.raises(RequestError, match="not what this adapter's render gave"):
        job(request=request(), prepared=prepared)
