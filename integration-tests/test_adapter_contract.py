"""The contract of every adapter, kept with real schedulers and with fakes of those we cannot have."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from maestro_adapters.flux import adapter as flux_adapter
from maestro_adapters.lsf import adapter as lsf_adapter
from maestro_adapters.slurm import adapter as slurm_adapter
from maestro_adapters.testing.contract import AdapterContract, RunningJob


@pytest.mark.slurm
class TestSlurm(AdapterContract):
    """Against a real Slurm."""

    many = 500
    waits: ClassVar = {"allocation_args": {"hold": None}}
    overrunning: ClassVar = {"walltime": "1"}
    cluster = None

    @pytest.fixture
    def make_adapter(self, slurm):
        type(self).cluster = slurm
        return lambda: slurm_adapter.create({"timeout": 60})

    def hasten(self, _adapter, job: RunningJob) -> None:
        self.cluster.hasten(job.id)


@pytest.mark.slurm
class TestSlurmArrays(TestSlurm):
    """The same with job arrays."""

    @pytest.fixture
    def make_adapter(self, slurm):
        type(self).cluster = slurm
        return lambda: slurm_adapter.create({"timeout": 60, "array": True})


class FakeContract(AdapterContract):
    """Against commands that answer as manuals and recordings say (`fake_schedulers/`)."""

    create: ClassVar[Any] = None
    ways: ClassVar[tuple[str, ...]] = ()
    #: Each command is a Python process of its own, a job is a few.
    many = 50

    @pytest.fixture
    def make_adapter(self, fake_commands):
        for way in self.ways:
            fake_commands.begin(way)
        type(self).commands = fake_commands
        return lambda: self.create({"timeout": 60})

    def hasten(self, _adapter, job: RunningJob) -> None:
        self.commands.expire(job.token)


@pytest.mark.once
class TestFakeLsf(FakeContract):
    waits: ClassVar = {"priority": "held"}
    overrunning: ClassVar = {"walltime": "10"}
    create = staticmethod(lsf_adapter.create)


class TestFakeOldLsf(TestFakeLsf):
    """A `bjobs` without `-json`."""

    ways = ("no_json",)


@pytest.mark.once
class TestFakeFlux(FakeContract):
    waits: ClassVar = {"priority": "held"}
    overrunning: ClassVar = {"walltime": "10"}
    create = staticmethod(flux_adapter.create)
    unknown_id = "ƒ9999999"


class TestFakeFluxWithoutNesting(TestFakeFlux):
    """Jobs of `flux submit`."""

    request: ClassVar = {"procs": 1, "nested": False}


@pytest.mark.slow
@pytest.mark.parametrize("suite", [TestFakeLsf, TestFakeFlux])
def test_500_jobs(suite, fake_commands, tmp_path):
    contract = suite()
    contract.many = 500
    contract.test_many_jobs_run_once_each(lambda: contract.create({"timeout": 60}), tmp_path)
