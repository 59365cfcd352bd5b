"""What a start that was killed leaves beside a study's folder, and what becomes of it.

A fault here would be a study that stays hidden, or one of a living process that is deleted.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_conductor.workspace import conductor_lock

KILLS = """\
import os, signal
from maestrowf.datastructures.core import ParameterGenerator

def get_custom_generator(env, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed_over(staged: Path, tmp_path: Path) -> Path:
    """A study that a start was replacing when it was killed: it stands aside."""
    (staged / "mine").touch()
    (tmp_path / "pgen.py").write_text(KILLS)
    words = ["run", "-y", "-fg", "-p", "pgen.py", "-o", "OUT", "chain.yaml"]
    done = subprocess.run([sys.executable, "-m", "maestro_cli", *words], cwd=tmp_path, check=False)
    assert done.returncode == -9
    assert list((tmp_path / "OUT").iterdir()) == []
    return staged


def test_a_study_that_stands_aside_is_named(
    killed_over: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["status", "OUT"]) == 1
    command = capsys.readouterr().err.partition("To have it back: ")[2]
    subprocess.run(shlex.split(command), check=True)
    assert app.main(["status", "OUT"]) == 0
    assert (killed_over / "mine").exists()


def test_a_study_that_stands_aside_is_put_back_by_the_next_start(
    killed_over: Path,
) -> None:
    """Only who says so replaces it then."""
    app.main(["run", "-n", "-o", "OUT", "chain.yaml"])
    assert (killed_over / "mine").exists()
    assert app.main(["run", "--dry", "-y", "-o", "OUT", "chain.yaml"]) == 0
    assert not (killed_over / "mine").exists()
    assert [path.name for path in killed_over.parent.glob(".*")] == []


def test_a_study_that_was_replaced_is_removed_by_the_next_start(
    staged: Path, tmp_path: Path
) -> None:
    for name in (".OUT.0123abcd.old", ".OUT.0123abce.old"):
        assert app.main(["run", "-n", "-o", name, "chain.yaml"]) == 0
    with conductor_lock.hold(tmp_path / ".OUT.0123abce.old"):
        assert app.main(["run", "--dry", "-y", "-o", "OUT", "chain.yaml"]) == 0
    assert not (tmp_path / ".OUT.0123abcd.old").exists()
    assert (tmp_path / ".OUT.0123abce.old").exists()
