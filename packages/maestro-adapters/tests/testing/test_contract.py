"""The contract of every adapter, kept by `local`.

A fault here would be an adapter that runs a job twice, or loses its exit code.
"""

import pytest

from maestro_adapters.local.adapter import create
from maestro_adapters.testing.contract import AdapterContract


class TestLocal(AdapterContract):
    @pytest.fixture
    def make_adapter(self):
        made = []

        def make():
            made.append(create({"slots": 2}))
            return made[-1]

        yield make
        for adapter in made:
            adapter.close(stop_jobs=True)
