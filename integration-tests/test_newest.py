"""The report on the newest releases: it tells what differs and what failed, and never fails."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name


@pytest.fixture
def place(repository: Path, tmp_path: Path) -> Path:
    """A project whose lock wants another pytest than there is here, and all else as it is."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "locks").mkdir()
    shutil.copy(repository / "scripts" / "newest.py", tmp_path / "scripts")
    found = importlib.metadata.distributions()
    installed = {canonicalize_name(one.name): one.version for one in found}
    del installed["pluggy"]
    pins = installed | {"pytest": "0.1", "absent": "1.0"}
    lock = "".join(f"{name}=={version} \\\n    --hash=sha256:0\n" for name, version in pins.items())
    lock += "pluggy==0.2 ; python_version < '3'\n"
    (tmp_path / "locks" / "tests.txt").write_text(lock, encoding="utf-8")
    return tmp_path


def run(place: Path, test: str) -> tuple[int, str, str]:
    (place / "test_it.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "scripts/newest.py", "-p", "no:cacheprovider", "test_it.py"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, (place / ".tox/newest.txt").read_text(encoding="utf-8")


def test_what_differs_is_told(place: Path) -> None:
    code, printed, report = run(place, "def test_a(): pass\n")
    assert code == 0
    assert report in printed
    _, *changed, verdict = report.splitlines()
    assert changed == [
        f"  pluggy {importlib.metadata.version('pluggy')} (lock: none)",
        f"  pytest {importlib.metadata.version('pytest')} (lock: 0.1)",
    ]
    assert verdict == "All tests passed with them."


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("def test_a(): assert 0\ndef test_b(): pass\n", "  test_it.py::test_a"),
        ("import nosuch\n", "  test_it.py"),
        ("", "WARNING: pytest itself ended with exit code 5."),
    ],
)
def test_what_failed_is_a_loud_warning(place: Path, test: str, told: str) -> None:
    code, printed, report = run(place, test)
    assert code == 0
    assert "WARNING" in report
    assert report.splitlines()[-1] == told
    assert "!" * 100 in printed


def test_nothing_is_run_where_nothing_differs(place: Path) -> None:
    found = importlib.metadata.distributions()
    lock = "".join(f"{canonicalize_name(one.name)}=={one.version}\n" for one in found)
    (place / "locks" / "tests.txt").write_text(lock, encoding="utf-8")
    code, printed, report = run(place, "def test_a(): assert 0\n")
    assert code == 0
    assert "WARNING" not in printed
    assert report.splitlines()[1:] == [
        "None is newer than the lock, so there was nothing else to test."
    ]
