"""Run pytest with what is installed here, and tell how that differs from the lock.

    python scripts/newest.py PYTEST-ARGUMENT ...

What differs, and which tests failed, is printed and left in `.tox/newest.txt`. Exits with 0 all the
same: a stranger's release is a reason to look, not a reason to stop a change of ours. Where nothing
differs, nothing is run: the locked versions are what every other environment tests.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / ".tox" / "newest.txt"


class Failures:
    """A pytest plugin that notes what did not pass."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test, or what it is set up with."""
        if report.failed:
            self.names.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that could not be read."""
        if report.failed:
            self.names.append(report.nodeid)


def main(arguments: list[str]) -> None:
    """Run the tests, and write and print what there is to know."""
    failures = Failures()
    changed = differences(locked(ROOT / "locks" / "tests.txt"))
    code = pytest.main(arguments, plugins=[failures]) if changed else 0
    lines = [f"Newest releases on Python {sys.version.split()[0]}:"]
    lines += [f"  {line}" for line in changed]
    if not changed:
        lines.append("None is newer than the lock, so there was nothing else to test.")
    elif failures.names:
        lines.append(f"WARNING: {len(failures.names)} tests failed with them:")
        lines += [f"  {name}" for name in failures.names]
    elif code:
        lines.append(f"WARNING: pytest itself ended with exit code {int(code)}.")
    else:
        lines.append("All tests passed with them.")
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    bar = "!" * 100 if code else "-" * 100
    print(bar, *lines, bar, sep="\n")


def locked(path: Path) -> dict[str, str]:
    """Return the versions that a lock gives on this Python, by normalised name."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.removesuffix("\\"))
            if requirement.marker is None or requirement.marker.evaluate():
                found[requirement.name] = str(requirement.specifier).removeprefix("==")
    return found


def differences(lock: dict[str, str]) -> list[str]:
    """Return what is installed here in another version than the lock's, or unknown to it."""
    lines = []
    for distribution in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", distribution.name).lower()
        if not name.startswith("maestro-") and lock.get(name) != distribution.version:
            lines.append(f"{name} {distribution.version} (lock: {lock.get(name, 'none')})")
    return sorted(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
