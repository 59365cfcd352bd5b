"""The contract of every adapter, kept with real schedulers and with fakes of those we cannot have."""

from __future__ import annotations

from typing import ClassVar

import pytest

from maestro_adapters.contract import AdapterContract, RunningJob
from maestro_adapters.slurm import adapter as slurm_adapter


@pytest.mark.slurm
class TestSlurm(AdapterContract):
    """Against a real Slurm."""

    waits: ClassVar = {"allocation_args": {"hold": None}}
    overrunning: ClassVar = {"walltime": "1"}
    cluster = None

    @pytest.fixture
    def make_adapter(self, slurm):
        type(self).cluster = slurm
        return lambda: slurm_adapter.create({"timeout": 20})

    def hasten(self, _adapter, job: RunningJob) -> None:
        self.cluster.hasten(job.id)


@pytest.mark.slurm
class TestSlurmArrays(TestSlurm):
    """The same with job arrays."""

    @pytest.fixture
    def make_adapter(self, slurm):
        type(self).cluster = slurm
        return lambda: slurm_adapter.create({"timeout": 20, "array": True})
