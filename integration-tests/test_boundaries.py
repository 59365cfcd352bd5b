"""The import contracts hold, and a forbidden import is seen and named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

LIBRARIES = ["maestro_spec", "maestro_graph", "maestro_adapters", "maestro_conductor"]


@pytest.fixture
def sources(tmp_path: Path, repository: Path) -> Path:
    """A copy of the root settings and of all sources, to be spoiled."""
    for source in repository.glob("packages/*/src/*"):
        if source.is_dir():
            shutil.copytree(source, tmp_path / source.name)
    shutil.copy(repository / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(sources: Path) -> subprocess.CompletedProcess[str]:
    """Run lint-imports over the copied sources, not over what is installed."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=sources,
        env=os.environ | {"PYTHONPATH": str(sources), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold(sources: Path) -> None:
    done = lint_imports(sources)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "KEPT" in done.stdout


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        *zip(LIBRARIES, [*LIBRARIES[1:], LIBRARIES[0]], strict=True),
        ("maestro_conductor", "maestro_cli"),
    ],
)
def test_a_forbidden_import_is_refused_and_named(
    importer: str, imported: str, sources: Path
) -> None:
    (sources / importer / "trespasser.py").write_text(f"import {imported}\n", encoding="utf-8")
    done = lint_imports(sources)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert f"{importer}.trespasser -> {imported}" in done.stdout
