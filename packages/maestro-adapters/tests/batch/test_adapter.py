"""The parts of the adapter together: who is asked, with what, and who is told.

A fault here would be a job that is given to the scheduler beyond the user's limit, a poll that asks
for nothing, or a job that goes on although its study was stopped.
"""

import pytest

from maestro_adapters.batch.adapter import make_adapter
from maestro_adapters.batch.missing_jobs import MissingJobTracker, unreachable
from maestro_adapters.batch.token_search import Found
from maestro_adapters.interface import Adapter
from maestro_adapters.job import states
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.prepared import Prepared
from maestro_adapters.job.request import parse_request
from maestro_adapters.job.states import JobStatus
from maestro_adapters.process.runner import CommandRunner
from maestro_adapters.testing.recorded_runner import RecordedRunner


class Shelf:
    """A scheduler of a few lines: jobs lie on a shelf until somebody takes them away."""

    name = "shelf"
    suffix = ".shelf.sh"
    programs = ("true", "no-such-program-here")

    def __init__(self, runner=None):
        self.runner = runner or RecordedRunner()
        self.jobs = {}
        self.trouble = None
        self.calls = []

    def read(self, request):
        return parse_request(request)

    def directives(self, request):
        return [f"#SHELF {request.name}"]

    def launch_words(self, request, nodes, procs):
        return f"put {request.name} {nodes} {procs}"

    def prepare(self, request, directives):
        return Prepared.of(request, directives)

    def submit(self, jobs):
        self.calls.append(("submit", [job.key for job in jobs]))
        self.jobs.update({f"id-{job.key}": job for job in jobs})
        return {job.key: {"job": f"id-{job.key}", "state": states.PENDING} for job in jobs}

    def show(self, job_ids):
        self.calls.append(("show", list(job_ids)))
        if self.trouble:
            return dict.fromkeys(job_ids, unreachable(self.trouble))
        return {key: JobStatus(states.RUNNING) for key in job_ids if key in self.jobs}

    def cancel(self, job_ids):
        self.calls.append(("cancel", list(job_ids)))
        return {key: {"cancelled": True} for key in job_ids}

    def queued(self):
        return self.trouble or len(self.jobs)

    def look(self):
        return [Found(job.token, key, states.PENDING) for key, job in self.jobs.items()]


@pytest.fixture
def shelf():
    return Shelf()


def adapter_of(shelf, **options):
    tracker = MissingJobTracker(seconds=0)
    return make_adapter(shelf, AdapterOptions(**options), pause=lambda _: None, tracker=tracker)


def job(number, **fields):
    request = {"name": f"s{number}", "workspace": "/w", "command": "true", **fields}
    return {
        "key": f"k{number}",
        "token": f"m.{number}.1",
        "attempt": 1,
        "script": f"/w/s{number}.shelf.sh",
        "request": request,
    }


def test_it_is_an_adapter_under_the_name_of_its_scheduler(shelf):
    adapter = adapter_of(shelf)
    assert isinstance(adapter, Adapter)
    assert adapter.name == "shelf"
    assert adapter.describe() == {
        "name": "shelf",
        "suffix": ".shelf.sh",
        "scheduled": True,
        "slots": None,
        "commands": list(Shelf.programs),
    }


def test_a_missing_program_is_named_before_anything_is_asked():
    shelf = Shelf(CommandRunner())
    shelf.trouble = "it is away"
    assert adapter_of(shelf).reach() == "no-such-program-here is not on the PATH"
    shelf.programs = ("true",)
    assert adapter_of(shelf).reach() == "it is away"
    shelf.trouble = None
    assert adapter_of(shelf).reach() is None


def test_scripts_have_directives_where_they_are_scheduled(shelf):
    adapter = adapter_of(shelf)
    request = job(1, command="$(LAUNCHER) a", procs=2)["request"]
    assert adapter.render(request)["script"] == "#!/bin/bash\n#SHELF s1\n\nput s1 None 2 a\n"
    local = adapter.render({**request, "scheduled": False})
    assert (local["script"], local["script_name"]) == ("#!/bin/bash\n\na\n", "s1.shelf.sh")


def test_what_exceeds_the_user_s_limit_never_reaches_the_scheduler(shelf):
    answers = adapter_of(shelf, user_throttle=2).submit([job(1), job(2), job(3)])
    assert shelf.calls == [("submit", ["k1", "k2"])]
    assert answers["k2"] == {"job": "id-k2", "state": states.PENDING}
    assert answers["k3"]["transient"]
    assert "user_throttle is 2" in answers["k3"]["error"]


def test_the_scheduler_gets_what_was_prepared_of_the_request(shelf):
    adapter_of(shelf).submit([job(1, description="about it"), job(2, scheduled=False)])
    first, second = shelf.jobs.values()
    assert first.prepared.description == "about it"
    assert (first.prepared.directives, second.prepared.directives) == (("#SHELF s1",), ())


def test_a_job_that_was_submitted_is_pending_until_several_rounds_went_by_without_it(shelf):
    adapter = adapter_of(shelf)
    adapter.submit([job(1)])
    shelf.jobs.clear()
    found = [adapter.poll(["id-k1"])["id-k1"]["state"] for _ in range(3)]
    assert found == [states.PENDING, states.PENDING, states.NOTFOUND]


def test_an_outage_says_nothing_of_jobs(shelf):
    adapter = adapter_of(shelf)
    adapter.submit([job(1)])
    shelf.trouble = "it is away"
    for _ in range(5):
        answer = adapter.poll(["id-k1"])["id-k1"]
        assert (answer["state"], answer["reason"]) == (states.UNREACHABLE, "it is away")


def test_nothing_is_asked_about_nothing(shelf):
    adapter = adapter_of(shelf)
    assert (adapter.poll([]), adapter.cancel([]), adapter.find([])) == ({}, {}, {})
    assert shelf.calls == []


def test_jobs_are_found_by_their_tokens(shelf):
    adapter = adapter_of(shelf)
    adapter.submit([job(1)])
    assert adapter.find(["m.1.1", "m.2.1"]) == {
        "m.1.1": {"job": "id-k1", "state": states.PENDING},
        "m.2.1": {"absent": True},
    }


def test_closing_stops_the_jobs_that_live_only_where_asked(shelf):
    adapter = adapter_of(shelf)
    adapter.submit([job(1), job(2)])
    adapter.close()
    assert shelf.calls[1:] == []
    adapter.close(stop_jobs=True)
    assert shelf.calls[1:] == [("cancel", ["id-k1", "id-k2"])]
    assert adapter.wake_fd() is None
