"""The contract of every adapter, kept by this one with a real Grid Engine; run by its installed name."""

from typing import ClassVar

import maestro_gridengine
import pytest

import maestro_adapters
from maestro_adapters.contract import AdapterContract


class TestGridEngine(AdapterContract):
    waits: ClassVar = {"allocation_args": {"h": None}}
    overrunning: ClassVar = {"walltime": "2s"}
    many = 10

    @pytest.fixture
    def make_adapter(self, monkeypatch):
        # This Grid Engine writes its accounts within a second.
        monkeypatch.setattr(maestro_gridengine, "QACCT_LAG", 4.0)
        return lambda: maestro_adapters.load("gridengine", {"timeout": 30})
