"""The contract of every adapter, kept by this one with a real Grid Engine; run by its installed name."""

import os
from typing import ClassVar

import maestro_gridengine
import pytest

import maestro_adapters
from maestro_adapters.job import states
from maestro_adapters.testing.contract import AdapterContract

#: sge_status(5), "Job state".
MANUAL = {
    states.PENDING: "qw Rq hqw hRwq Eqw Ehqw EhRqw",
    states.RUNNING: "r hr t Rr Rt",
    states.SUSPENDED: "s ts S tS T tT Rs Rts RS RtS RT RtT",
    states.FINISHING: "dr dt dRr dRt ds dS dT dRs dRS dRT z",
}


def test_every_state_of_the_manual():
    words = {word: state for state, text in MANUAL.items() for word in text.split()}
    assert words == maestro_gridengine.STATES.words


class TestGridEngine(AdapterContract):
    waits: ClassVar = {"allocation_args": {"h": None}}
    overrunning: ClassVar = {"walltime": "2s"}
    many = int(os.environ.get("CONTRACT_JOBS", "10"))
    patience = 240.0

    @pytest.fixture
    def make_adapter(self):
        return lambda: maestro_adapters.load("gridengine", {"timeout": 30})
