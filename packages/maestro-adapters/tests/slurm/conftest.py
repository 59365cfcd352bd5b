import pytest

from maestro_adapters.options import AdapterOptions
from maestro_adapters.recording import RecordedRunner
from maestro_adapters.slurm.adapter import SlurmAdapter


@pytest.fixture
def runner():
    return RecordedRunner()


@pytest.fixture
def make_adapter(runner):
    def make(**options):
        return SlurmAdapter(AdapterOptions(**options), runner, pause=lambda _: None)

    return make


@pytest.fixture
def make_jobs(tmp_path):
    """Jobs with their scripts, as a caller hands them over."""

    def make(adapter, count, requests=None, **fields):
        jobs = []
        for number in range(count):
            workspace = tmp_path / f"w{number}"
            workspace.mkdir(exist_ok=True)
            request = {
                "name": f"s{number}",
                "description": "about it",
                "workspace": str(workspace),
                "command": "true",
                "procs": 1,
                **(requests[number] if requests else {}),
            }
            text = adapter.render(request)
            script = workspace / text["script_name"]
            script.write_text(text["script"])
            jobs.append(
                {
                    "key": f"k{number}",
                    "token": f"m0.{number}.1",
                    "attempt": 1,
                    "script": str(script),
                    "request": request,
                    **fields,
                }
            )
        return jobs

    return make
