"""Makers of studies for the tests of rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def step() -> Callable[..., str]:
    """Write a step, from its name and the keys of its `run`."""

    def write(name: str, run: str, description: str = "d") -> str:
        return f"  - {{name: {name}, description: {description}, run: {{{run}}}}}\n"

    return write


@pytest.fixture
def study() -> Callable[..., str]:
    """Write the section of the steps."""

    def write(*steps: str) -> str:
        return "study:\n" + "".join(steps)

    return write


@pytest.fixture
def messages(lint: Callable[..., list[object]]) -> Callable[..., list[str]]:
    """Give the messages of one code."""

    def run(text: str, code: str, **options: object) -> list[str]:
        return [p.message for p in lint(text, **options) if p.code == code]

    return run
