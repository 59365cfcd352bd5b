"""What is kept of a request for its submission, and how it crosses the interface.

A fault here would be a job that is submitted with less than its script asks for, or a line of a user's
value that becomes a command of the driver.
"""

import json

import pytest

from maestro_adapters.errors import RequestError
from maestro_adapters.job.prepared import Prepared, leading_directives
from maestro_adapters.job.request import parse_request

REQUEST = {
    "name": "s",
    "label": "a label",
    "description": "about it",
    "workspace": "/w",
    "command": "true",
    "requeue": True,
    "bank": "b",
    "qos": "q",
    "queue": "p",
    "reservation": "r",
    "nested": False,
}


def prepared():
    return Prepared.of(
        parse_request(REQUEST), ["#SBATCH -N 1"], options=["-c", "2"], excluded=["n1"]
    )


def test_it_has_what_the_request_says():
    kept = prepared()
    for name in ("label", "description", "workspace", "requeue", "bank", "qos", "queue"):
        assert getattr(kept, name) == REQUEST[name]
    assert (kept.reservation, kept.nested) == ("r", False)
    assert (kept.directives, kept.options, kept.excluded) == (
        ("#SBATCH -N 1",),
        ("-c", "2"),
        ("n1",),
    )


def test_it_survives_a_caller_that_keeps_it_in_a_file():
    assert Prepared.from_map(json.loads(json.dumps(prepared().as_map()))) == prepared()


@pytest.mark.parametrize("change", [{"more": 1}, {"label": ...}])
def test_what_another_adapter_prepared_is_refused(change):
    given = {**prepared().as_map(), **change}
    given = {name: value for name, value in given.items() if value is not ...}
    with pytest.raises(RequestError, match="prepared"):
        Prepared.from_map(given)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["#SBATCH -N 1", "#SBATCH -n 2"], ["#SBATCH -N 1", "#SBATCH -n 2"]),
        (["#MAESTRO-INFO x", "#", "#SBATCH -N 1"], ["#SBATCH -N 1"]),
        (["#SBATCH -N 1", "#SBATCH --x=a\nrm -rf b", "#SBATCH -n 2"], ["#SBATCH -N 1", "#SBATCH --x=a"]),
        (["#SBATCH --x=a\rb", "#SBATCH -n 2"], ["#SBATCH --x=a"]),
        ([], []),
    ],
)  # fmt: skip
def test_only_directives_lead_a_driver(lines, kept):
    assert leading_directives(lines, "#SBATCH") == kept
