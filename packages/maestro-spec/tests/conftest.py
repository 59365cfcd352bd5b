"""Helpers of all tests of this package."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import maestro_spec
from maestro_spec.diagnostics.problems import Problem
from maestro_spec.loading import read_text

Lint = Callable[..., list[Problem]]

DESCRIPTION = "description: {name: test, description: A study for tests.}\n"
STUDY = "study:\n  - {name: only, description: The only step., run: {cmd: echo}}\n"


def completed(text: str) -> str:
    """An excerpt with the sections that a study needs besides."""
    if not re.search(r"^description:", text, re.MULTILINE):
        text = (
            DESCRIPTION + text if not text.startswith("---") else "---\n" + DESCRIPTION + text[4:]
        )
    if not re.search(r"^study:", text, re.MULTILINE):
        head, separator, tail = text.rpartition("\n---\n")
        text = f"{head}\n{STUDY}---\n{tail}" if separator else text.rstrip("\n") + "\n" + STUDY
    return text


@pytest.fixture
def complete() -> Callable[[str], str]:
    return completed


@pytest.fixture
def vectors(repository: Path) -> Callable[[str], Any]:
    """Reads the vectors of a rule that several packages share."""

    def read(name: str) -> Any:
        path = repository / "docs" / "workspace-format" / "vectors" / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    return read


@pytest.fixture
def lint(tmp_path: Path) -> Lint:
    """All problems of an excerpt, as `maestro-spec lint` finds them."""

    def run(text: str, **options: object) -> list[Problem]:
        (tmp_path / "table.csv").write_text("SIZE,MESH\n1,a\n2,b\n")
        reading = read_text(completed(text), "study.yaml", None, tmp_path)
        if reading.study is None:
            return list(reading.problems)
        return maestro_spec.check(reading.study, **options)  # type: ignore[arg-type]

    return run


@pytest.fixture
def codes(lint: Lint) -> Callable[..., set[str]]:
    """The codes of all problems of an excerpt."""

    def run(text: str, **options: object) -> set[str]:
        return {p.code for p in lint(text, **options)}

    return run


@pytest.fixture
def repository() -> Path:
    """The root of the repository; a test that needs it is skipped elsewhere."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "docs" / "workspace-format.md").is_file():
            return folder
    pytest.skip("not in the repository")
