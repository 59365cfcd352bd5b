"""The interface over the pool.

Would catch a request that is read twice, and an answer that hides what is wrong.
"""

from collections.abc import Mapping

import pytest

from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.local.adapter import LocalAdapter


class Unreadable(Mapping):
    """A request that nobody may read any more."""

    def _refuse(self, *_):
        raise AssertionError("the request was read again")

    __getitem__ = __iter__ = __len__ = __contains__ = get = _refuse


@pytest.fixture
def adapter():
    made = LocalAdapter(AdapterOptions(slots=2))
    yield made
    made.close(stop_jobs=True)


def job_of(adapter, folder, **fields):
    """A job whose script is written, with the request that it was rendered from."""
    request = {"name": "a", "workspace": str(folder), "command": "exit 3", "procs": 1, **fields}
    texts = adapter.render({**request, "scheduled": False})
    script = folder / texts["script_name"]
    script.write_text(texts["script"])
    job = {"key": "k", "token": "m1.1.1", "attempt": 1, "script": str(script), "request": request}
    return job, texts["prepared"]


def test_what_was_prepared_is_all_that_is_read(adapter, tmp_path):
    job, prepared = job_of(adapter, tmp_path, walltime="0.05s", enforce_walltime=True)
    answer = adapter.submit([{**job, "request": Unreadable(), "prepared": prepared}])["k"]
    assert answer["job"].isdecimal(), answer
    with pytest.raises(AssertionError, match="read again"):
        adapter.submit([{**job, "request": Unreadable()}])


def test_what_was_prepared_is_of_builtin_types_and_depends_on_the_request_alone(adapter, tmp_path):
    _, prepared = job_of(adapter, tmp_path, label="é", procs=2, cores_per_task=3)
    assert prepared == {
        "workspace": str(tmp_path),
        "label": "é",
        "slots": 6,
        "limit": None,
        "patience": None,
    }
    assert type(prepared) is dict
    other = LocalAdapter(AdapterOptions(slots=1))
    assert job_of(other, tmp_path, label="é", procs=2, cores_per_task=3)[1] == prepared
    other.close()


@pytest.mark.parametrize("fields", [{"walltime": "soon", "enforce_walltime": True}])
def test_what_only_submitting_needs_spoils_no_script(adapter, tmp_path, fields):
    job, prepared = job_of(adapter, tmp_path, **fields)
    assert prepared is None
    answer = adapter.submit([{**job, "prepared": prepared}])["k"]
    assert "'soon' is no walltime" in answer["error"]
    assert list(tmp_path.glob(".attempt*")) == []


def test_one_that_makes_no_sense_stops_no_other(adapter, tmp_path):
    (tmp_path / "b").mkdir()
    good, prepared = job_of(adapter, tmp_path)
    bad = {**good, "key": "bad", "token": "two words"}
    answers = adapter.submit([bad, {**good, "prepared": prepared}])
    assert "white space" in answers["bad"]["error"]
    assert "job" in answers["k"]


def test_a_job_of_nobody_here_is_a_stranger(adapter):
    assert adapter.poll(["7"])["7"]["state"] == "NOTFOUND"
    answer = adapter.cancel(["7"])["7"]
    assert "neither started the job nor found it" in answer["error"]
    assert adapter.withdraw(["7"]) == []


def test_it_describes_its_slots(adapter):
    assert adapter.describe() == {
        "name": "local",
        "suffix": ".sh",
        "scheduled": False,
        "slots": 2,
        "commands": [],
    }
