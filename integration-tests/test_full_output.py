"""A standard output that takes nothing: one line says so, and no traceback does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from maestro_conductor.testing import StepPlan, make_workspace

pytestmark = pytest.mark.once

STUDY = Path(__file__).resolve().parents[1] / "samples/linear.yaml"

#: What is called, and its exit code.
CALLS = [
    (["maestro", "--help"], 1),
    (["maestro", "--version"], 1),
    (["maestro", "status", "DIR"], 1),
    (["maestro", "status", "--json", "DIR"], 1),
    (["maestro", "why", "DIR", "a"], 1),
    (["maestro", "run", "STUDY", "-y", "--dry", "--json", "-o", "NEW"], 1),
    (["maestro-spec", "--help"], 2),
    (["maestro-spec", "lint", "STUDY"], 2),
    (["maestro-spec", "explain", "MS101"], 2),
    (["maestro-spec", "schema"], 2),
    (["maestro-graph", "--help"], 1),
    (["conductor", "--status", "DIR"], 1),
]
BIN = Path(sys.executable).parent


def on_a_full_disk(command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    name, *arguments = command
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    with open("/dev/full", "w") as full:
        return subprocess.run(
            [BIN / name, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**environment, **more},
            text=True,
            check=False,
            timeout=60,
        )


@pytest.mark.parametrize(("command", "code"), CALLS, ids=[" ".join(call) for call, _ in CALLS])
def test_one_line_says_that_nothing_can_be_said(tmp_path, command, code):
    root = make_workspace(tmp_path / "w", [StepPlan("a")])
    places = {"DIR": str(root), "STUDY": str(STUDY), "NEW": str(tmp_path / "new")}
    done = on_a_full_disk([places.get(word, word) for word in command])
    assert done.stderr.splitlines()[-1].endswith("standard output: No space left on device")
    assert len(done.stderr.splitlines()) == 1
    assert done.returncode == code


@pytest.mark.parametrize(("command", "code"), CALLS, ids=[" ".join(call) for call, _ in CALLS])
def test_python_without_buffers_shows_no_traceback_either(tmp_path, command, code):
    root = make_workspace(tmp_path / "w", [StepPlan("a")])
    places = {"DIR": str(root), "STUDY": str(STUDY), "NEW": str(tmp_path / "new")}
    done = on_a_full_disk([places.get(word, word) for word in command], PYTHONUNBUFFERED="1")
    assert "Traceback" not in done.stderr
    assert done.returncode in (code, 0)  # argparse itself passes over what its help cannot say


def test_the_exit_code_of_a_study_is_not_that_of_its_output(tmp_path):
    root = make_workspace(tmp_path / "w", [StepPlan("a", ["exit 3"]), StepPlan("b")])
    done = on_a_full_disk(["conductor", str(root)])
    assert done.stderr == ""
    assert done.returncode == 2
