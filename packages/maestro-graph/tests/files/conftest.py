"""What tests of the workspace's files share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def document(make: Any) -> Any:
    return make.spec(
        make.step("a", "$(P) $(Q)", resources={"procs": "$(P)", "requeue": True}),
        make.step("b", "x", "a_*", restart="y", failure={"retries": 2, "retry_codes": [3]}),
        parameters={"P": [1, 2], "Q": ["x\udcff", None]},
        batch={"type": "slurm", "launcher": "mpirun", "local_slots": 2, "array": True}
        | {"user_throttle": 9},
    )
