"""A package that adds a scheduler without touching ours, against a real Grid Engine."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slurm  # the tier of real schedulers

PLUGIN = Path(__file__).parent / "plugin-gridengine"


@pytest.fixture(scope="module")
def grid_engine():
    """The environment that leads to a running Grid Engine; where it does not start, tests fail."""
    folder = Path(f"/tmp/maestro-sge-{os.getuid()}")
    environment = {**os.environ, "SGE_TEST_DIR": str(folder)}
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one session of tests at a time
        done = subprocess.run(
            ["bash", PLUGIN / "up.sh"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the test Grid Engine did not start:\n{done.stdout}")
        lines = (folder / "env.sh").read_text().splitlines()
        words = " ".join(line.removeprefix("export ") for line in lines if "export " in line)
        yield {**os.environ, **dict(word.split("=", 1) for word in words.split())}
        subprocess.run(
            ["bash", PLUGIN / "down.sh"], env=environment, check=True, stdout=subprocess.DEVNULL
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The plugin as pip installs it, in a folder of its own."""
    folder = tmp_path_factory.mktemp("plugin")
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    if importlib.util.find_spec("hatchling"):
        argv.append("--no-build-isolation")
    done = subprocess.run([*argv, str(PLUGIN)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_an_installed_package_adds_a_scheduler(installed, tmp_path):
    code = "import maestro_adapters; print(*maestro_adapters.names())"

    def names(**variables):
        environment = {**os.environ, **variables}
        return subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        ).stdout.split()

    assert "gridengine" not in names()
    assert "gridengine" in names(PYTHONPATH=str(installed))


RENDERED = """\
import maestro_adapters

adapter = maestro_adapters.load("gridengine", {"bank": "", "queue": None, "host": 0})
for walltime in ("UNLIMITED", "Infinite", "inf", "0", None, "90"):
    fields = {"name": "a", "workspace": "/w", "command": "true", "procs": 1, "walltime": walltime}
    script = adapter.render(fields)["script"]
    print(*(word for word in script.split() if word in ("-P", "-q") or "h_rt" in word), sep=",")
"""


def test_no_limit_asks_for_none_and_what_says_nothing_is_left_out(installed, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", RENDERED],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.stdout.splitlines()) == ("", [*[""] * 5, "h_rt=01:30:00"])


@pytest.mark.parametrize("jobs", [10, pytest.param(500, marks=pytest.mark.slow)])
def test_it_keeps_the_contract_with_a_real_grid_engine(installed, grid_engine, tmp_path, jobs):
    """In a process that knows nothing of this checkout but what is installed."""
    tests = shutil.copy(PLUGIN / "gridengine_contract.py", tmp_path)
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    done = subprocess.run(
        [*argv, f"--basetemp={tmp_path / 'contract'}", tests],
        env={**grid_engine, "PYTHONPATH": str(installed), "CONTRACT_JOBS": str(jobs)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"1\d passed", done.stdout)
    assert "skipped" not in done.stdout
