"""What the tests of the five packages together share: places, wheels, fresh environments."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_commands import fake_commands
from fresh_environment import FreshEnvironment
from slurm_cluster import slurm, slurm_session

__all__ = ["fake_commands", "slurm", "slurm_session"]  # fixtures

REPOSITORY = Path(__file__).resolve().parent.parent

#: Runs `maestro` with these arguments and gives back its exit code and what it printed.
Maestro = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def samples() -> Path:
    return REPOSITORY / "samples"


@pytest.fixture
def maestro(tmp_path: Path) -> Maestro:
    """The `maestro` of the environment that the tests run in, on a terminal of no one.

    Nothing of the user's settings reaches it: its home is empty, and lines have 120 columns. Its
    working folder is the test's own, unless `cwd` says otherwise; `env` adds variables.
    """
    home = tmp_path / "home"
    home.mkdir()
    shown = {"HOME": str(home), "COLUMNS": "120", "LINES": "50", "TERM": "dumb"}

    def run(
        *arguments: object,
        cwd: Path = tmp_path,
        env: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("maestro"), *map(str, arguments)],
            cwd=cwd,
            env=os.environ | shown | (env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def long_test() -> None:
    """For the full form of a proof: it may take an hour, not only `faulthandler_timeout`."""
    faulthandler.dump_traceback_later(3600, exit=True, file=sys.__stderr__)


@pytest.fixture(scope="session", autouse=True)
def locked_pip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Holds pip to the versions of the lock.

    Its hashes are left out: pip wants all or none, and our own packages have none.
    """
    lock = (REPOSITORY / "locks" / "tests.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.removesuffix("\\") for line in lock if line[:1].isalnum()]
    constraints = tmp_path_factory.mktemp("locked") / "constraints.txt"
    constraints.write_text("\n".join(pins) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_CONSTRAINT", str(constraints))
        yield


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our five wheels, maestrowf 1.2.1, and all that these need.

    It is filled once a session, or not at all where MAESTRO_WHEELHOUSE names one.
    """
    if given := os.environ.get("MAESTRO_WHEELHOUSE"):
        return Path(given)
    folder = tmp_path_factory.mktemp("wheelhouse")
    script = REPOSITORY / "scripts" / "wheelhouse.py"
    subprocess.run([sys.executable, script, folder, "maestrowf==1.2.1"], check=True)
    return folder


@pytest.fixture
def fresh_environment(tmp_path: Path, wheelhouse: Path) -> FreshEnvironment:
    """A virtual environment with nothing in it, which installs from the wheelhouse alone."""
    return FreshEnvironment.create(tmp_path / "environment", wheelhouse)
