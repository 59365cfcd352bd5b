"""Spec documents for the tests, as maestro-spec would write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from maestro_graph.model.graph import Resources


def make_step(name: str, command: str, *depends: str, **more: Any) -> dict[str, Any]:
    resources = dict.fromkeys(field.name for field in Resources.__attrs_attrs__)
    resources |= {"allocation_args": {}, "launcher_args": {}}
    failure = {
        "retries": 0,
        "retry_pause": 0,
        "success_codes": [0],
        "retry_codes": None,
        "restart_codes": [],
        "allow_failure": False,
    }
    return {
        "name": name,
        "description": more.get("description", f"the step {name}"),
        "command": command,
        "restart": more.get("restart"),
        "pre": more.get("pre"),
        "post": more.get("post"),
        "depends": list(depends),
        "resources": resources | more.get("resources", {}),
        "failure": failure | more.get("failure", {}),
    }


def make_column(name: str, values: list[Any] | None, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": more.get("label"), "values": values, "range": more.get("range")}


def make_spec(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    parameters = more.get("parameters", [])
    if isinstance(parameters, dict):
        columns = [make_column(name, values) for name, values in parameters.items()]
        parameters = [{"columns": columns, "csv": None}]
    return {
        "format": "maestro-spec",
        "version": [1, 0],
        "requires": more.get("requires", []),
        "writer": "a test",
        "name": more.get("name", "study"),
        "description": "a study",
        "extra": {},
        "source": None,
        "specroot": more.get("specroot", "/studies"),
        "env": {
            "variables": [list(pair) for pair in more.get("variables", {}).items()],
            "labels": [list(pair) for pair in more.get("labels", {}).items()],
            "sources": [],
            "paths": more.get("paths", []),
            "git": more.get("git", []),
        },
        "parameters": parameters,
        "steps": list(steps),
        "batch": {"type": "local", "shell": "/bin/bash"} | more.get("batch", {}),
    }


class Documents:
    """The makers above, for tests that take them as a fixture."""

    step = staticmethod(make_step)
    column = staticmethod(make_column)
    spec = staticmethod(make_spec)


@pytest.fixture(scope="session")
def make() -> type[Documents]:
    return Documents


@pytest.fixture(scope="session")
def vectors() -> Path:
    for folder in Path(__file__).resolve().parents:
        if (folder / "docs/workspace-format/vectors").is_dir():
            return folder / "docs/workspace-format/vectors"
    pytest.skip("the shared vectors are not here: this is not a checkout")


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
