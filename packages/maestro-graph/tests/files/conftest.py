"""What tests of the workspace's files share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
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


@pytest.fixture
def schema(vectors: Path) -> Callable[[str], Any]:
    """Give the validator of a file, by the JSON Schema that is made of the format page."""

    def of(name: str) -> Any:
        document = json.loads((vectors.parent / "schemas" / f"{name}.schema.json").read_text())
        checker = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
            "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
        )
        kind = jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=checker)
        return kind(document)

    return of
