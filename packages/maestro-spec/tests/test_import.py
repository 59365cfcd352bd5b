"""An import that takes long or changes the program that imports; work that grows too fast."""

from __future__ import annotations

import subprocess
import sys

import pytest

import maestro_spec


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_importing_brings_nothing_along():
    code = "import sys, maestro_spec; print({'attr', 'yaml', 'msgpack'} & sys.modules.keys())"
    assert run(code).stdout.strip() == "set()"


def test_the_modules_behind_the_names_configure_nothing():
    code = """
import logging, signal, threading, warnings, os
handlers, filters, environment = list(logging.root.handlers), list(warnings.filters), dict(os.environ)
import maestro_spec
for name in maestro_spec.__all__: getattr(maestro_spec, name)
assert logging.root.handlers == handlers and warnings.filters == filters
assert threading.active_count() == 1 and dict(os.environ) == environment
"""
    run(code)


def test_importing_loads_few_modules():
    """How long it takes: `benchmarks/lint.py`; it is the modules that cost."""
    code = """
import sys
before = set(sys.modules)
import maestro_spec
print(*set(sys.modules) - before)
"""
    loaded = run(code).stdout.split()
    assert "maestro_spec" in loaded
    assert len(loaded) <= 40, loaded


def test_linting_imports_nothing_that_it_does_not_need():
    code = """
import sys
from maestro_spec.cli import main
main(["lint", "-"])
print([m for m in ("msgpack", "csv", "fractions", "hashlib", "json") if m in sys.modules])
"""
    text = "description: {name: a, description: b}\nstudy: [{name: a, description: d, run: {cmd: x}}]\n"
    done = subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_names_are_found_and_others_are_not():
    assert set(dir(maestro_spec)) == set(maestro_spec.__all__)
    with pytest.raises(AttributeError):
        maestro_spec.nothing  # noqa: B018


def big(rows):
    lines = ["description: {name: big, description: d}", "study:"]
    lines += ["  - {name: a, description: d, run: {cmd: echo $(P0) $(P1) $(P2) $(P3)}}"]
    lines += ["  - {name: b, description: d, run: {cmd: echo $(P1), depends: [a]}}"]
    lines += ["global.parameters:"]
    for column in range(4):
        values = ", ".join(f"{row}.{column}5" for row in range(rows))
        lines += [f"  P{column}:", f"    label: P{column}.%%", f"    values: [{values}]"]
    return "\n".join(lines) + "\n"


def calls_of(function):
    """How many functions are called, those of Python's own modules in C included."""
    calls = 0

    def count(_frame, event, _what):
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls


def test_the_work_for_the_values_of_four_parameters_grows_with_their_number():
    """How long ten thousand rows take: `benchmarks/lint.py`."""
    few, many = big(1000), big(4000)
    assert maestro_spec.check(maestro_spec.load(many)) == []
    first = calls_of(lambda: maestro_spec.check(maestro_spec.load(few)))
    more = calls_of(lambda: maestro_spec.check(maestro_spec.load(many)))
    assert more <= 4.1 * first
    assert more / 16_000 <= 60, "calls for each value"
