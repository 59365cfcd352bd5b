"""Rules of our own tests: none waits by sleeping, asserts a time, or patches a package of ours."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

OURS = ("maestro_spec", "maestro_graph", "maestro_adapters", "maestro_conductor", "maestro_cli")
#: Clocks, by the module that has them. What a test does with one is assert a time, or wait.
CLOCKS = {
    "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time",
    "process_time_ns", "thread_time", "times", "getrusage", "clock_gettime",
}  # fmt: skip
HOLDERS = {"time", "os", "resource"}
#: Where waiting is done, for all tests.
HELPER = "waiting.py"
#: What ``type(x)`` is, as far as this page knows: a class of ours, nobody patches others that way.
_A_CLASS = "the class of something"


def faults(source: str) -> Iterator[str]:
    """What a test file must not do, as ``line: what``."""
    tree = ast.parse(source)
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                first = name.name.partition(".")[0]
                origins[name.asname or first] = name.name if name.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                origins[name.asname or name.name] = f"{node.module}.{name.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            modules = [name.name for name in node.names]
            if isinstance(node, ast.ImportFrom):
                modules = [f"{node.module}.{name}" for name in modules]
            if any(name.startswith("unittest.mock") for name in modules):
                yield f"{node.lineno}: mocks"
        if not isinstance(node, ast.Call):
            continue
        called = _path(node.func, origins)
        holder, _, word = called.rpartition(".")
        if called == "time.sleep":
            yield f"{node.lineno}: sleeps"
        elif holder in HOLDERS and word in CLOCKS:
            yield f"{node.lineno}: looks at a clock"
        elif word in ("setattr", "delattr") and holder.endswith("monkeypatch") and node.args:
            target = node.args[0]
            what = target.value if isinstance(target, ast.Constant) else _path(target, origins)
            if str(what).startswith((*OURS, _A_CLASS)):
                yield f"{node.lineno}: patches {what}"


def _path(node: ast.expr, origins: dict[str, str]) -> str:
    """A dotted name, with what was imported in full; the class, for ``type(x)``."""
    if isinstance(node, ast.Attribute):
        return f"{_path(node.value, origins)}.{node.attr}"
    if isinstance(node, ast.Name):
        return origins.get(node.id, node.id)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type":
        return _A_CLASS
    return ""


def files(repository: Path) -> list[Path]:
    """All test files, and the modules beside them."""
    folders = [*repository.glob("packages/*/tests"), repository / "integration-tests"]
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return [path for path in found if path.name != HELPER and "fake_" not in str(path)]


def test_no_test_sleeps_looks_at_a_clock_or_patches_ours(repository):
    found = files(repository)
    assert len(found) > 100
    told = [
        f"{path.relative_to(repository)}:{fault}"
        for path in found
        for fault in faults(path.read_text(encoding="utf-8"))
    ]
    assert told == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import time\ntime.sleep(1)", "2: sleeps"),
        ("from time import sleep as wait\nwait(1)", "2: sleeps"),
        ("import time as t\nassert t.monotonic() < 3", "2: looks at a clock"),
        ("from time import process_time\nx = process_time()", "2: looks at a clock"),
        ("import resource\nresource.getrusage(0)", "2: looks at a clock"),
        ("import unittest.mock", "1: mocks"),
        ("from unittest.mock import patch", "1: mocks"),
        ("from unittest import mock", "1: mocks"),
        (
            "from maestro_cli import app\nmonkeypatch.setattr(app, 'main', 1)",
            "2: patches maestro_cli.app",
        ),
        (
            "from maestro_cli import app\nmonkeypatch.setattr(app.time, 'sleep', 1)",
            "2: patches maestro_cli.app.time",
        ),
        (
            "monkeypatch.setattr(type(study), 'state', 1)",
            "1: patches the class of something",
        ),
        ("monkeypatch.setattr('maestro_spec.cli._write', 1)", "1: patches maestro_spec.cli._write"),
        ("import maestro_graph as g\nself.monkeypatch.delattr(g, 'x')", "2: patches maestro_graph"),
        ("monkeypatch.setattr('os.fsync', 1)\nimport time\ntime.tzset()", None),
        ("code = 'time.sleep(1)'", None),
    ],
)
def test_each_of_these_is_found(source, fault):
    assert list(faults(source)) == ([] if fault is None else [fault])
