"""What the tests of the five packages together share: places, wheels, fresh environments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fresh_environment import FreshEnvironment
from slurm_cluster import slurm, slurm_session

__all__ = ["slurm", "slurm_session"]  # fixtures

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def samples() -> Path:
    return REPOSITORY / "samples"


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
