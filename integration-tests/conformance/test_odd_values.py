"""Every key × every odd value × every adapter, and what maestrowf makes of it.

What maestrowf drops from the script we drop, and what stops it is one clear error of the lint. The
exceptions are listed one by one, each with the heading of docs/differences.md where its reason
stands; one that is not there, or not needed any more, fails.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import maestro_spec
from conformance.case import Case
from conformance.comparison import compare
from conformance.odd_values import KEYS, KINDS, OUR_KEYS, Odd, table
from conformance.sides import Expanded, Job, OracleRefusedError, by_oracle, by_ours
from maestro_spec import Problem
from oracle import oracle_python

pytestmark = pytest.mark.once

SCHEDULED = ("slurm", "lsf", "flux")
NOTHING = ("", "''", "0", "false", "[]", "{}")
BLANKS, TIME = "'  '", "24:00:00"
NO_NUMBER = ("-1", "1.5", "yes", "soon", "[a]", "{a: 1}")
NO_MAP = ("'0'", "-1", "1.5", "5", "017", "yes", "soon", TIME, "[a]")
NO_TEXT = ("yes", "[a]", "{a: 1}")
NO_SHELL = ("''", BLANKS, "0", "-1", "1.5", "5", "017", "false", TIME, "[]", "{}", *NO_TEXT)
NO_VERSION = (*NOTHING, BLANKS, "'0'", "-1", "1.5", "5", "017", "soon", TIME)
TEXTS = ("host", "bank", "queue", "reservation", "qos", "uri", "flux_uri")
NUMBERS = ("nodes", "procs", "gpus")
COUNTS = (*NUMBERS, "cores per task", "tasks per rs", "rs per node", "cpus per rs")
MAPS = ("args", "allocation_args", "launcher_args")

Excepted = tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...], str]

#: Errors here, although maestrowf writes a script: adapters, section, keys, values, heading.
STRICTER: list[Excepted] = [
    (KINDS, "batch", TEXTS, NO_TEXT, "The batch block has types"),
    (("local", "slurm", "lsf"), "batch", ("version",), NO_TEXT, "The batch block has types"),
    (KINDS, "batch", NUMBERS, NO_NUMBER, "The batch block has types"),
    (("local", "slurm", "lsf"), "batch", MAPS, NO_MAP, "The batch block has types"),
    (KINDS, "batch", ("shell",), NO_SHELL, "A shell must be one"),
    (KINDS, "run", ("bind", "bind gpus", "reservation", "qos"), (BLANKS,), "Texts of blanks"),
    (("local", "slurm", "lsf"), "run", ("walltime",), (BLANKS,), "Texts of blanks"),
    (("slurm", "lsf"), "run", ("walltime",), ("soon",), "Walltimes that no scheduler understands"),
    (KINDS, "batch", NUMBERS, (TIME,), "Times without quotes"),
    (KINDS, "run", COUNTS, (TIME,), "Times without quotes"),
]
#: These stop maestrowf, and run here.
LENIENT: list[Excepted] = [
    (KINDS, "batch", ("type",), ("'0'", "soon"), "Adapters are plugins"),
    (KINDS, "run", ("gpus", "priority"), ("'0'",), "Numbers may be texts"),
    (("lsf",), "run", ("walltime",), ("0", "5", "017", TIME), "Walltimes of LSF may be numbers"),
    (("flux",), "batch", ("version",), NO_VERSION, "Flux: through its commands"),
    (("flux",), "batch", MAPS, ("", "''", BLANKS, "0", "false", "[]"), "The batch block has types"),
    (("flux",), "batch", ("launcher_args",), ("{a: 1}",), "Flux: options"),
]
#: Both write a script, and not the same one.
OTHERWISE: list[Excepted] = [
    (("slurm",), "batch", ("bank", "queue", "reservation", "qos"), (BLANKS,), "Texts of blanks"),
    (("slurm",), "batch", ("nodes", "procs"), (BLANKS,), "Texts of blanks"),
    (("lsf",), "batch", ("reservation",), (BLANKS,), "Texts of blanks"),
    (("slurm",), "batch", ("nodes", "procs"), ("'0'",), "Numbers may be texts"),
    (SCHEDULED, "batch", ("bank", "queue"), ("017", TIME), "Numbers where texts stand"),
    (("slurm", "lsf"), "batch", ("reservation",), ("017", TIME), "Numbers where texts stand"),
    (("slurm",), "batch", ("qos",), ("017", TIME), "Numbers where texts stand"),
    (("local", "slurm", "flux"), "batch", ("shell",), ("",), "A shell must be one"),
    (("slurm", "lsf"), "batch", ("allocation_args", "launcher_args"), ("{a: 1}",), "Free options for every scheduler"),
    (("flux",), "batch", ("allocation_args",), ("{a: 1}",), "Flux: options"),
    (("lsf",), "run", ("walltime",), ("'0'",), "Walltimes not said"),
    (("slurm", "flux"), "run", ("walltime",), (TIME,), "Times without quotes"),
]  # fmt: skip


def named(kind: str, entries: list[Excepted]) -> dict[str, str]:
    """The cases of a list, by name, each with the kind of exception."""
    return {
        str(Odd(adapter, section, key, value)): kind
        for adapters, section, keys, values, _ in entries
        for adapter in adapters
        for key in keys
        for value in values
    }


EXCEPTIONS = {
    **named("only we refuse it", STRICTER),
    **named("only the oracle refuses it", LENIENT),
    **named("other scripts", OTHERWISE),
}


@pytest.fixture(scope="module")
def python() -> Path:
    return oracle_python()


def errors_of(study: Path) -> list[Problem]:
    try:
        problems = maestro_spec.check(maestro_spec.load(study))
    except maestro_spec.SpecError as error:
        problems = list(error.problems)
    return [problem for problem in problems if problem.severity == "error"]


def is_clear(errors: list[Problem], odd: Odd) -> bool:
    """One error, which stands at the key and names it, or what was written."""
    if len(errors) != 1 or errors[0].place is None:
        return False
    where, message = errors[0].where, errors[0].message
    named = f"`{odd.key}`" in message or f"`{odd.value.strip('[]')}`" in message
    return f".{odd.key}" in where and errors[0].place.line > 0 and named


def outcome(job: Job, theirs: list[Expanded] | OracleRefusedError, *, refused: bool) -> str | None:
    """How our answer differs from the oracle's; None: it does not."""
    if isinstance(theirs, OracleRefusedError):
        return None if refused else "only the oracle refuses it"
    if refused:
        return "only we refuse it"
    shutil.rmtree(job.output)
    case = Case(yaml.safe_load(job.study.read_text(encoding="utf-8")), job.output)
    differences, _ = compare(case, theirs, by_ours(job))
    return "other scripts" if differences else None


def test_every_odd_value_of_every_key_on_every_adapter(python: Path, tmp_path: Path) -> None:
    odd_ones = list(table(KEYS))
    paths = [odd.write(tmp_path / str(number)) for number, odd in enumerate(odd_ones)]
    jobs = [Job(path, path.parent / "out") for path in paths]
    found, unclear = {}, []
    seen: Counter[str] = Counter()
    for odd, job, theirs in zip(odd_ones, jobs, by_oracle(jobs, python), strict=True):
        errors = errors_of(job.study)
        if errors and not is_clear(errors, odd):
            unclear.append(f"{odd}: {[str(error) for error in errors]}")
        how = outcome(job, theirs, refused=bool(errors))
        seen[how or ("both refuse it" if errors else "the same scripts")] += 1
        if how is not None:
            found[str(odd)] = how
    assert not unclear, "\n".join(unclear)
    assert {name: how for name, how in found.items() if name not in EXCEPTIONS} == {}
    assert {name: how for name, how in EXCEPTIONS.items() if found.get(name) != how} == {}
    assert min(seen["both refuse it"], seen["the same scripts"]) > len(odd_ones) // 4


def test_keys_that_are_ours_are_refused_or_written(tmp_path: Path) -> None:
    """maestrowf does not know them; each value is one clear error, or a script is written."""
    seen: Counter[bool] = Counter()
    unclear = []
    for number, odd in enumerate(table(OUR_KEYS)):
        job = Job(odd.write(tmp_path / str(number)), tmp_path / str(number) / "out")
        errors = errors_of(job.study)
        seen[bool(errors)] += 1
        if not errors:
            assert all(each.scripts for each in by_ours(job)), odd
        elif not is_clear(errors, odd):
            unclear.append(f"{odd}: {[str(error) for error in errors]}")
    assert not unclear, "\n".join(unclear)
    assert min(seen.values()) > 50


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        (Odd("slurm", "batch", "bank", "yes"), 'Put it in quotes: "yes".'),
        (Odd("lsf", "batch", "queue", "[a]"), "`queue` must be a text, and is a list."),
        (Odd("flux", "batch", "type", "''"), "`type` is empty."),
        (Odd("slurm", "run", "procs", "''"), "`procs` must be a whole number"),
        (Odd("lsf", "run", "walltime", "soon"), "`soon` is no walltime."),
        (Odd("local", "run", "reservation", ""), "`reservation` is empty"),
    ],
    ids=str,
)
def test_the_command_ends_with_1_and_says_why(
    maestro: Callable[..., object], tmp_path: Path, odd: Odd, told: str
) -> None:
    study = odd.write(tmp_path / "odd")
    done = maestro("run", "--dry", "-y", "-o", tmp_path / "out", study)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_every_exception_stands_in_the_list_of_differences(repository: Path) -> None:
    page = (repository / "docs" / "differences.md").read_text(encoding="utf-8")
    headings = {entry[-1] for entry in (*STRICTER, *LENIENT, *OTHERWISE)}
    assert [heading for heading in sorted(headings) if f"\n### {heading}\n" not in page] == []
