"""What the tests of this package share."""

import json
from pathlib import Path

import pytest

from maestro_adapters.batch.adapter import make_adapter
from maestro_adapters.batch.missing_jobs import MissingJobTracker
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.testing.recorded_runner import RecordedRunner


@pytest.fixture
def vectors():
    """Reads one of the rules that several packages keep, each with its own copy."""

    def vectors(name):
        for folder in Path(__file__).resolve().parents:
            path = folder / "docs" / "workspace-format" / "vectors" / name
            if path.exists():
                return json.loads(path.read_text())
        raise FileNotFoundError(name)

    return vectors


@pytest.fixture
def runner():
    """Stands in for the commands of a scheduler."""
    return RecordedRunner()


@pytest.fixture
def make_scheduled(runner):
    """Makes an adapter of a class of schedulers: it runs nothing, waits for nothing, and has no clock."""

    def make(scheduler, **options):
        parsed = AdapterOptions(**options)
        return make_adapter(
            scheduler(parsed, runner),
            parsed,
            pause=lambda _: None,
            tracker=MissingJobTracker(seconds=0),
        )

    return make


@pytest.fixture
def make_job(tmp_path):
    """Makes a job with its script in a workspace of its own."""

    def make(adapter, number=0, *, exclude_nodes=(), **fields):
        workspace = tmp_path / f"w{number}"
        workspace.mkdir(exist_ok=True)
        request = {
            "name": f"s{number}",
            "description": "about it",
            "workspace": str(workspace),
            "command": "true",
            "procs": 1,
            **fields,
        }
        text = adapter.render(request)
        script = workspace / text["script_name"]
        script.write_text(text["script"])
        return {
            "key": f"k{number}",
            "token": f"m0.{number}.1",
            "attempt": 1,
            "script": str(script),
            "request": request,
            "prepared": text["prepared"],
            "exclude_nodes": list(exclude_nodes),
        }

    return make
