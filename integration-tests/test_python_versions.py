"""One list says which Pythons are tested, and everything else agrees with it."""

from __future__ import annotations

import re
import shutil
import subprocess
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
    assert len(lists) == 2  # alone, together
    for found in lists:
        assert re.findall(r"3\.\d+", found) == versions


def test_a_missing_python_is_named_and_fails(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(repository / "scripts" / "find-pythons.sh", tmp_path / "scripts")
    (tmp_path / "python-versions.txt").write_text("3.99\n", encoding="utf-8")
    done = subprocess.run(
        ["sh", script, tmp_path / "pythons"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "3.99" in done.stderr
