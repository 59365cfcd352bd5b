import pytest

from maestro_adapters.flux.adapter import FluxAdapter
from maestro_adapters.options import AdapterOptions
from maestro_adapters.recording import RecordedRunner


@pytest.fixture
def runner():
    return RecordedRunner()


@pytest.fixture
def make_adapter(runner):
    def make(**options):
        return FluxAdapter(AdapterOptions(**options), runner, pause=lambda _: None)

    return make


@pytest.fixture
def make_job(tmp_path):
    def make(adapter, number=0, *, exclude_nodes=(), **fields):
        workspace = tmp_path / f"w{number}"
        workspace.mkdir(exist_ok=True)
        request = {
            "name": "s",
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
            "exclude_nodes": list(exclude_nodes),
        }

    return make
