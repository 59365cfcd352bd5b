"""A Python that has maestrowf 1.2.1, in a virtual environment of its own.

MAESTRO_ORACLE_PYTHON names one that is there already. Otherwise one is made once and kept in the
user's cache, from MAESTRO_WHEELHOUSE where that is set and else from the package index, with the
versions and hashes of locks/oracle.txt.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

REQUIREMENT = "maestrowf==1.2.1"
LOCK = Path(__file__).resolve().parent.parent / "locks" / "oracle.txt"


class OracleMissingError(Exception):
    """There is no maestrowf 1.2.1 and none can be installed."""


def oracle_python() -> Path:
    """Return the Python of an environment that holds the oracle.

    Raises:
        OracleMissingError: it cannot be had; the message says why.
    """
    if given := os.environ.get("MAESTRO_ORACLE_PYTHON"):
        python = Path(given)
        if not _has_oracle(python):
            raise OracleMissingError(f"MAESTRO_ORACLE_PYTHON={given} has no {REQUIREMENT}")
        return python
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    lock_id = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:8]
    folder = cache / "maestro-oracle" / f"{REQUIREMENT}-py{version}-{lock_id}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = folder / "bin" / "python"
        if not _has_oracle(python):
            _install(folder, python)
    return python


def _has_oracle(python: Path) -> bool:
    asked = "import importlib.metadata as m; print(m.version('maestrowf'))"
    try:
        told = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return told.stdout.strip() == REQUIREMENT.partition("==")[2]


def _install(folder: Path, python: Path) -> None:
    venv.create(folder, clear=True, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if wheelhouse := os.environ.get("MAESTRO_WHEELHOUSE"):
        command += ["--no-index", "--find-links", wheelhouse, REQUIREMENT]
    else:
        command += ["--requirement", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OracleMissingError(f"{REQUIREMENT} cannot be installed: {done.stderr.strip()}")
