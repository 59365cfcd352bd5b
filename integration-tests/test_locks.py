"""The committed locks hold all that the test environments install, exactly, on each Python."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ["tests", "lowest", "tools", "oracle"]


@attrs.frozen
class Pinned:
    """A block of a lock: the requirement, and the hashes of the files that it may be."""

    requirement: Requirement
    hashes: list[str]


def read(repository: Path, name: str) -> list[Pinned]:
    text = (repository / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    return [
        Pinned(
            Requirement(block.split("\n")[0].removesuffix("\\")),
            re.findall(r"--hash=sha256:([0-9a-f]{64})\b", block),
        )
        for block in blocks
    ]


def versions_on(lock: list[Pinned], python: str, machine: str) -> dict[str, str]:
    """What the lock gives to Linux: versions by name."""
    environment = {
        **default_environment(),
        "python_version": python,
        "python_full_version": f"{python}.1",
        "platform_machine": machine,
        "sys_platform": "linux",
    }
    found: dict[str, str] = {}
    for pinned in lock:
        marker = pinned.requirement.marker
        if marker is None or marker.evaluate(environment):
            name = canonicalize_name(pinned.requirement.name)
            assert name not in found, f"{name} has two versions on {python}"
            found[name] = str(pinned.requirement.specifier).removeprefix("==")
    return found


def required(repository: Path, *names: str) -> list[Requirement]:
    done = subprocess.run(
        [sys.executable, repository / "scripts" / "requirements.py", *names],
        capture_output=True,
        text=True,
        check=True,
    )
    return [Requirement(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", LOCKS)
def test_each_version_is_exact_and_each_file_known(repository: Path, name: str) -> None:
    lock = read(repository, name)
    assert len(lock) > 5
    for pinned in lock:
        assert re.fullmatch(r"==[^*,]+", str(pinned.requirement.specifier)), pinned.requirement
        assert pinned.requirement.url is None
        assert pinned.hashes, pinned.requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_none_of_our_packages(repository: Path, name: str) -> None:
    text = (repository / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^(-|maestro-)", text, re.MULTILINE)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_what_is_declared_is_locked_on_each_python(repository: Path, machine: str) -> None:
    lock = read(repository, "tests")
    declared = required(repository, "packages", "test", "check", "tools", "build", "oracle")
    assert len(declared) > 15
    for python in (repository / "python-versions.txt").read_text(encoding="utf-8").split():
        versions = versions_on(lock, python, machine)
        for requirement in declared:
            if requirement.marker and not requirement.marker.evaluate({"python_version": python}):
                continue
            version = versions[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), f"{requirement} on {python}: {version}"


def test_the_smaller_locks_agree_with_the_whole(repository: Path) -> None:
    for python in (repository / "python-versions.txt").read_text(encoding="utf-8").split():
        whole = versions_on(read(repository, "tests"), python, "x86_64").items()
        for name in ("tools", "oracle"):
            assert versions_on(read(repository, name), python, "x86_64").items() <= whole


def test_lowest_is_what_the_packages_declare(repository: Path) -> None:
    oldest = (repository / "python-versions.txt").read_text(encoding="utf-8").split()[0]
    versions = versions_on(read(repository, "lowest"), oldest, "x86_64")
    declared = required(repository, "packages")
    assert len(declared) >= 5
    for requirement in declared:
        (bound,) = requirement.specifier
        assert bound.operator == ">="
        locked = versions[canonicalize_name(requirement.name)]
        assert f"{locked}.0".startswith(f"{bound.version}."), requirement
