"""An input that raises anything but our own error, kills the process, or takes more than 2 s."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import maestro_spec
from maestro_spec.reporting import render_text

HEAD = "description: {name: a, description: b}\n"


def steps(count: int, text: Callable[[int], str]) -> str:
    lines = (f"- {{name: s{n}, description: d, run: {{{text(n)}}}}}\n" for n in range(count))
    return HEAD + "study:\n" + "".join(lines)


def command(text: str) -> str:
    return f"{HEAD}study:\n - name: a\n   description: b\n   run:\n     procs: 1\n     cmd: |\n       {text}\n"


def parameters(text: str, used: str = "$(P0)") -> str:
    return f"{HEAD}study: [{{name: a, description: b, run: {{cmd: '{used}'}}}}]\nglobal.parameters: {text}\n"


def chain_of_variables(count: int) -> str:
    variables = ",".join(f"V{n}: $(V{n + 1})$(P{n})" for n in range(count))
    return (
        f"{HEAD}env: {{variables: {{{variables}}}}}\n"
        "study: [{name: a, description: b, run: {cmd: $(V0)}}]"
    )


MEGA = 1024 * 1024
NASTY = {
    "50 KB of brackets": lambda: "[" * 50_000,
    "braces": lambda: "{" * 50_000,
    "nested block lists": lambda: "- " * 3_000_000,
    "nested block keys": lambda: "? " * 3_000_000,
    "colons": lambda: ": " * 3_000_000,
    "tags": lambda: "!!a " * 3_000_000,
    "anchors": lambda: "&a " * 3_000_000,
    "directives": lambda: "%YAML 1.1\n" * 100_000,
    "quotes": lambda: '"' * MEGA,
    "blanks": lambda: " " * 15_000_000,
    "line ends": lambda: "\n" * 15_000_000,
    "zeros": lambda: "\0" * 15_000_000,
    "16 MiB of text": lambda: "a: |\n  " + "x" * 15 * MEGA,
    "16 MiB of tokens": lambda: command("$(ABC) " * 2 * MEGA),
    "16 MiB of distinct tokens": lambda: command("".join(f"$(A{n}) " for n in range(1_200_000))),
    "16 MiB of half tokens": lambda: command("$(" * 7 * MEGA),
    "16 MiB of launchers": lambda: command("$(LAUNCHER)[1p] " * 900_000),
    "100 000 numbers": lambda: parameters("{P0: {label: P.%%, values: [" + "1.5, " * 99_000 + "]}}"),
    "too many numbers": lambda: parameters("{P0: {label: P.%%, values: [" + "1.5, " * 3_000_000 + "]}}"),
    "duplicate keys": lambda: "a: {" + "x: 1, " * 45_000 + "}",
    "unknown keys": lambda: "".join(f"study{n}: 1\n" for n in range(48_000)),
    "alias bomb": lambda: "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "merge bomb": lambda: "a0: &a0 {" + ",".join(f"k{n}: 1" for n in range(300)) + "}\n"
    + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 3000)),
    "anchor in itself": lambda: "a: &a [*a]",
    "a chain of steps": lambda: steps(7000, lambda n: f"cmd: 'x $(s{n - 1}.workspace)'"),
    "a circle of steps": lambda: steps(7000, lambda n: f"cmd: x, depends: [s{(n + 1) % 7000}]"),
    "misspelt steps": lambda: steps(7000, lambda n: f"cmd: x, depends: [step{n}x]"),
    "steps that wait for many": lambda: steps(300, lambda n: f"cmd: x, depends: [{','.join(f's{k}' for k in range(n))}]"),
    "a chain of variables": lambda: chain_of_variables(45_000),
    "a shorter chain of variables": lambda: chain_of_variables(15_000),
    "variables that double": lambda: HEAD + "env: {variables: {"
    + ",".join(f"V{n}: $(V{n + 1})$(V{n + 1})" for n in range(200))
    + ", V200: x}}\nstudy: [{name: a, description: b, run: {cmd: $(V0), depends: [$(V0)]}}]",
    "many parameters": lambda: parameters("{" + ",".join(f"P{n}: {{values: [1], label: x}}" for n in range(10_000)) + "}"),
    "long labels": lambda: parameters("{P0: {label: '" + "%%" * 100_000 + "', values: [" + ",".join(map(str, range(50_000))) + "]}}"),
    "a large grid": lambda: parameters(
        "{grid: [" + ",".join(f"{{P{n}: {{values: [1,2,3,4,5,6,7,8], label: a.%%}}}}" for n in range(3000)) + "]}",
        "".join(f"$(P{n})" for n in range(3000)),
    ),
    "large ranges": lambda: parameters("{" + ",".join(f"P{n}: {{range: {{start: 0, stop: 1, num: 100000}}}}" for n in range(2000)) + "}"),
    "a range without end": lambda: parameters("{P0: {range: {start: 0, stop: 1.0e+300, step: 1.0e-300}}}"),
    "huge numbers": lambda: HEAD + "env: {variables: {A: " + "9" * 5000 + "}}\nstudy: [{name: a, description: b, run: {cmd: x, nodes: " + "9" * 5000 + "}}]",
}  # fmt: skip


#: one of each kind; the others are run in the full form
QUICK = {
    "50 KB of brackets", "line ends", "16 MiB of distinct tokens", "100 000 numbers",
    "alias bomb", "merge bomb", "anchor in itself", "a shorter chain of variables", "a circle of steps",
    "large ranges", "huge numbers",
}  # fmt: skip


#: of these, what takes seconds
LONG = {"100 000 numbers", "a circle of steps", "large ranges", "16 MiB of distinct tokens"}


def tier(name):
    return () if name in QUICK - LONG else pytest.mark.once if name in QUICK else pytest.mark.slow


@pytest.mark.parametrize("name", [pytest.param(name, marks=tier(name)) for name in NASTY])
def test_nasties(name):
    done = subprocess.run(
        [sys.executable, "-c", COUNTED_LINT],
        input=NASTY[name]().encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    # How long it takes: `benchmarks/lint.py`. A call of a function takes some 0.1 µs to 1 µs.
    assert int(done.stderr) <= MOST_CALLS


#: `maestro-spec lint -`; the last line of its standard error is how many functions were called.
COUNTED_LINT = """
import sys
from maestro_spec.cli import main
calls = 0
def count(frame, event, what):
    global calls
    calls += event in ("call", "c_call")
sys.setprofile(count)
code = main(["lint", "-"])
sys.setprofile(None)
print(calls, file=sys.stderr)
sys.exit(code)
"""
MOST_CALLS = 6_000_000


def lint(source: str) -> None:
    """Load, check and show a text; only errors of our own may be raised."""
    try:
        study = maestro_spec.load(source if "\n" in source else source + "\n")
    except maestro_spec.SpecError as error:
        if not error.problems:
            raise AssertionError("an error without a problem") from error
        render_text(error.problems, error.document)
        return
    render_text(maestro_spec.check(study), study.document)
    maestro_spec.spec_document(study)


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_any_text(text):
    lint(text)


@given(st.binary(max_size=300))
@settings(max_examples=50, deadline=None)
def test_any_bytes(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("soup") / "study.yaml"
    path.write_bytes(data)
    lint(str(path))


SCALARS = st.sampled_from(
    ["", "~", "a", "$(A)", "$(P.label)", "$(a.workspace)", "a_*", "5", "-1", "1.5", "on", "24:00:00",
     "2026-01-01", "'x'", "%%", "P.%%", "..", "a/b", "local", "slurm", ".nan", "0x1F", "1e999", "!!int x"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["description", "name", "study", "run", "cmd", "depends", "env", "variables", "labels", "batch",
     "type", "global.parameters", "values", "label", "range", "grid", "csv", "start", "stop", "num",
     "step", "nodes", "walltime", "exclusive", "priority", "exit codes", "success", "retries", "P", "A"]
)  # fmt: skip
NODES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inner, max_size=5).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, NODES, min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_any_tree_of_our_keys(tree):
    lint("".join(f"{key}: {value}\n" for key, value in tree.items()))


@given(NODES, NODES, NODES)
@settings(max_examples=50, deadline=None)
def test_anything_in_the_places_of_a_study(run, env, table):
    lint(
        f"{HEAD}env: {env}\nstudy: [{{name: a, description: d, run: {run}}}]\nglobal.parameters: {table}\n"
    )


@pytest.mark.slow
@given(st.dictionaries(KEYS, NODES, min_size=1, max_size=5), NODES, NODES, NODES)
@settings(max_examples=3000, deadline=None)
def test_much_of_all_this(tree, run, env, table):
    lint("".join(f"{key}: {value}\n" for key, value in tree.items()))
    lint(
        f"{HEAD}env: {env}\nstudy: [{{name: a, description: d, run: {run}}}]\nglobal.parameters: {table}\n"
    )
