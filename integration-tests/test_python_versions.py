"""One list says which Pythons are tested, and everything else agrees with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def versions(repository: Path) -> list[str]:
    return (repository / "python-versions.txt").read_text(encoding="utf-8").split()


def test_every_package_claims_just_the_listed_versions(
    repository: Path, versions: list[str]
) -> None:
    settings = list(repository.glob("packages/*/pyproject.toml"))
    assert len(settings) == 5
    for path in settings:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text) == versions
        assert f'requires-python = ">={versions[0]}"' in text


def test_tox_has_an_environment_for_each(repository: Path, versions: list[str]) -> None:
    text = (repository / "tox.toml").read_text(encoding="utf-8")
    lists = re.findall(r'\[("3\.\d+".*?)\]', text)
    assert len(lists) == 5
    *factors, lowest, newest = lists  # of alone, together and cli
    for found in factors:
        assert re.findall(r"3\.\d+", found) == versions
    assert [lowest, newest] == [f'"{versions[0]}"', f'"{versions[-1]}"']


@pytest.fixture
def elsewhere(repository: Path, tmp_path: Path) -> Path:
    """A copy of the script that looks for a Python that there is nowhere."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "python-versions.txt").write_text("3.99\n", encoding="utf-8")
    return Path(shutil.copy(repository / "scripts" / "find-pythons.sh", tmp_path / "scripts"))


def find(script: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", script, tmp_path / "pythons"],
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_python_that_cannot_be_fetched_is_named_and_fails(
    elsewhere: Path, tmp_path: Path
) -> None:
    (elsewhere.parent / "debian-python.sh").write_text("exit 1\n", encoding="utf-8")
    done = find(elsewhere, tmp_path)
    assert done.returncode == 1
    assert "Python 3.99: not on the PATH" in done.stderr


def test_a_missing_python_is_fetched_once(elsewhere: Path, tmp_path: Path) -> None:
    (elsewhere.parent / "debian-python.sh").write_text(
        f'mkdir -p "$2/usr/bin"\nln -s {sys.executable} "$2/usr/bin/python$1"\n', encoding="utf-8"
    )
    done = find(elsewhere, tmp_path)
    assert done.returncode == 0, done.stderr
    told = subprocess.run(
        [tmp_path / "pythons" / "python3.99", "-c", "import sys; print(sys.version)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == sys.version

    (elsewhere.parent / "debian-python.sh").write_text("exit 1\n", encoding="utf-8")
    assert find(elsewhere, tmp_path).returncode == 0
