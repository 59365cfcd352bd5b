"""Shares what the tests of the local pool need: callers, jobs, and alarms that go off when told."""

import contextlib
import os

import pytest

from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.local.adapter import LocalAdapter
from maestro_adapters.local.job import LocalJob
from maestro_adapters.testing.contract import Bench

PATIENCE = 30.0


@pytest.fixture
def make_bench(tmp_path):
    """Creates a caller of a fresh adapter; every job that is left is stopped at the end."""
    made = []

    def make(*, grace=10.0, system=None, **options):
        adapter = LocalAdapter(AdapterOptions.from_mapping({"slots": 2, **options}), grace, system)
        made.append(adapter)
        return Bench(adapter, tmp_path, PATIENCE)

    yield make
    for adapter in made:
        adapter.close(stop_jobs=True)


@pytest.fixture
def bench(make_bench):
    return make_bench()


@pytest.fixture
def alive():
    """Whether a process runs; one that has ended and is not reaped does not."""

    def alive(pid):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rsplit(b")", 1)[1].split()[0] != b"Z"
        return False

    return alive


@pytest.fixture
def pid_in():
    """The process id that a script wrote into a file of its workspace."""

    def pid_in(path):
        return int(path.read_text()) if path.exists() and path.read_text().endswith("\n") else None

    return pid_in


@pytest.fixture
def descriptors():
    """How many descriptors this process has open."""
    return lambda: len(os.listdir("/proc/self/fd"))


class Alarms:
    """Functions that are to be called later, and are when a test says that their time has come."""

    def __init__(self):
        self.due = []

    def later(self, delay, action):
        self.due.append((delay, action))

    def pass_time(self):
        """Call what is due by now; returns after how many s each was to be called."""
        due, self.due = self.due, []
        for _, action in due:
            action()
        return [delay for delay, _ in due]


@pytest.fixture
def alarms():
    return Alarms()


@pytest.fixture
def local_job(tmp_path):
    """Makes a job of a workspace of its own; nothing runs."""

    def local_job(name="a", **fields):
        workspace = tmp_path / name
        workspace.mkdir(exist_ok=True)
        known = {"token": f"m1.{name}.1", "workspace": str(workspace), "attempt": 1, "label": name}
        return LocalJob(**{**known, **fields})

    return local_job
