"""LSF and Flux for tests, as commands on the PATH that run their jobs here (`fake_schedulers/`)."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

_HERE = Path(__file__).parent / "fake_schedulers"


@attrs.frozen
class FakeCommands:
    """The fakes' state, and how to change their ways."""

    state: Path

    def begin(self, way: str, value: str = "") -> None:
        """Make them behave so: `down`, `no_json`, `max_pend_jobs`, `anonymous_queue`."""
        (self.state / way).write_text(value)

    def end(self, way: str) -> None:
        (self.state / way).unlink()

    def expire(self, token: str) -> None:
        """End the walltime of the job with this token."""
        for folder in (self.state / "jobs").iterdir():
            if token in (folder / "spec.json").read_text():
                (folder / "expire").touch()


@pytest.fixture
def fake_commands(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeCommands]:
    """`bsub`, `bjobs`, `bkill` and `flux` on the PATH, with nothing in their queues."""
    state = tmp_path_factory.mktemp("scheduler")
    spec = importlib.util.spec_from_file_location("install_fakes", _HERE / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.install(state / "bin")
    monkeypatch.setenv("FAKE_SCHEDULER", str(state))
    monkeypatch.setenv("PATH", f"{state / 'bin'}:{os.environ['PATH']}")
    yield FakeCommands(state)
    for pid in state.glob("jobs/*/child"):
        _end_group(int(pid.read_text() or 0))


def _end_group(pid: int) -> None:
    if pid > 1 and Path(f"/proc/{pid}").exists():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
