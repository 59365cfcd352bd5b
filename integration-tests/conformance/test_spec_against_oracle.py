"""What maestrowf accepts we accept, and what it refuses we refuse; exceptions are named.

Each exception names a heading of docs/differences.md, where its reason stands.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

import maestro_spec
from conformance.mutations import BASES, spoiled
from conformance.sides import Job, OracleRefusedError, by_oracle
from maestro_spec import Problem
from oracle import oracle_python

pytestmark = pytest.mark.once

QUICK, FULL = 300, 3000

#: Errors in studies that the oracle runs: code, what the message must say, heading.
STRICTER = [
    ("MS101", r"^the study file has no key", "Keys and workspaces that nearly are one"),
    ("MS310", "", "Instances of one name"),
    ("MS403", r"is nothing of a step", "Keys and workspaces that nearly are one"),
    ("MS104", r"^`(batch|host|bank|queue|reservation|qos|uri|version|args)` must be", "The batch block has types"),
    ("MS104", r"^`(allocation|launcher)_args` must be", "The batch block has types"),
    ("MS104", r"^`(exclusive|allocation|launcher)` must be", "Workspaces are no switches"),
    ("MS104", r"^`shell` must be", "A shell must be one"),
    ("MS105", r"^`shell` is empty", "A shell must be one"),
    ("MS106", r"must be at most", "Numbers have 64 bits"),
    ("MS203", "", "Rows that would be dropped"),
    ("MS207", "", "Rows that would be dropped"),
    ("MS301", "", "Steps that would be dropped"),
    ("MS303", "", "Steps that would be dropped"),
    ("MS307", "", "Names that the workspace needs"),
    ("MS404", "", "Variables that contain each other"),
    ("MS406", "", "Launchers of local steps"),
    ("MS508", "", "The batch block has types"),
    ("MS512", "", "Numbers that a token gives"),
    ("MS513", "", "Switches that a token gives"),
    ("MS504", "", "Walltimes that no scheduler understands"),
]  # fmt: skip

#: Studies that the oracle stops at and we run: what it says → heading.
LENIENT = {
    r"^KeyError: '(bank|queue|host)'": "Accounts, queues and hosts are optional",
    r"Workspace for '.*' is being used before it would be generated": "Order and implied dependencies",
    r"Attempted to create edge \(.*\), but node .* does not exist": "Order and implied dependencies",
    r"File name too long": "Any name makes a folder",
    r"No such file or directory: .*\.(pkl|log|sh|out)": "Any name makes a folder",
    r"adapter must be specfied|Adapter '.*' not found": "Adapters are plugins",
    r"The value '[^']*\d+[^']*' in field run\.[a-z ]+ of": "Numbers may be texts",
    r"The value '.*\$\(.*' in field run\.[a-z ]+ of": "Tokens in more places",
    r"In study step .*, run\.(nested|waitable) must be of type 'boolean', but found": "Tokens in more places",
    r"^KeyError: '": "Tokens in the names of steps",
    r"The specified path '.*' does not exist": "Paths are looked for at the start",
    r"'>' not supported between instances of 'int' and 'str'": "Launchers without limits",
    r"Processors/tasks must be specified": "Launchers without limits",
}


@pytest.fixture(scope="session")
def python() -> Path:
    return oracle_python()


def errors_of(study: Path) -> list[Problem]:
    try:
        problems = maestro_spec.check(maestro_spec.load(study))
    except maestro_spec.SpecError as error:
        problems = list(error.problems)
    return [problem for problem in problems if problem.severity == "error"]


def is_excused(problem: Problem) -> bool:
    return any(
        problem.code == code and re.search(says, problem.message) for code, says, _ in STRICTER
    )


def compare(seeds: range, python: Path, folder: Path) -> Counter[str]:
    made = [spoiled(seed, folder) for seed in seeds]
    jobs = [Job(path, path.parent / "out") for path, _ in made]
    differences, seen = [], Counter[str]()
    for (path, change), answer in zip(made, by_oracle(jobs, python), strict=True):
        errors = errors_of(path)
        if isinstance(answer, OracleRefusedError):
            seen["refused"] += 1
            excused = [heading for says, heading in LENIENT.items() if re.search(says, str(answer))]
            if not errors and not excused:
                differences.append(f"{path.parent.name} ({change}): only the oracle says {answer}")
            differences += missing_information(str(answer), errors, change)
        else:
            seen["accepted"] += 1
            differences += [
                f"{path.parent.name} ({change}): only we say {error}"
                for error in errors
                if not is_excused(error)
            ]
    assert not differences, "\n".join(differences)
    return seen


#: What the oracle names when it refuses a study.
NAMED = re.compile(
    r"Key '([^']+)' is missing|Unrecognized key '([^']+)' found|Global parameter '([^']+)' the"
    r"|Variable name '([^']+)' is|Parameter '([^']+)' is not"
)


def missing_information(said: str, errors: list[Problem], change: str) -> list[str]:
    """What one of our errors must have: a line, a place in the document, and what the oracle names."""
    if not errors:
        return []  # the study is excused, or counted as a difference already
    told = [str(error) for error in errors if error.place is not None and error.place.line > 0]
    found = NAMED.search(said)
    # Of several unknown keys the oracle names all, one after another, in one text.
    key = next(name for name in found.groups() if name) if found else ""
    if any(f"`{key}`" in each if key else each for each in told):
        return []
    return [f"({change}): {said} | {told}"]


def test_the_studies_are_right_before_they_are_spoiled(python: Path, tmp_path: Path) -> None:
    paths = []
    for number, base in enumerate(BASES):
        paths.append(tmp_path / str(number) / "study.yaml")
        paths[-1].parent.mkdir()
        paths[-1].write_text(yaml.safe_dump(base))
    answers = by_oracle([Job(path, path.parent / "out") for path in paths], python)
    assert [answer for answer in answers if isinstance(answer, OracleRefusedError)] == []
    assert [errors_of(path) for path in paths] == [[], [], []]


def test_spoiled_studies(python: Path, tmp_path: Path) -> None:
    seen = compare(range(QUICK), python, tmp_path)
    assert min(seen["accepted"], seen["refused"]) > QUICK // 10


@pytest.mark.slow
def test_many_spoiled_studies(python: Path, tmp_path: Path) -> None:
    compare(range(QUICK, QUICK + FULL), python, tmp_path)


def test_every_exception_stands_in_the_list_of_differences(repository: Path) -> None:
    page = (repository / "docs" / "differences.md").read_text(encoding="utf-8")
    headings = {heading for *_, heading in STRICTER}
    headings |= {*LENIENT.values(), *EXCEPT.values()}
    assert [heading for heading in sorted(headings) if f"### {heading}" not in page] == []


HEAD = "description: {name: s, description: d}\n"
TEXTS = {
    "duplicate key": "study: [{name: a, description: d, run: {cmd: x, cmd: y}}]",
    "anchors and merge keys": "base: &base {cmd: x, nodes: 1}\nstudy:\n- {name: a, description: d, run: {<<: *base, cmd: y}}",
    "merge of a list": "one: &one {cmd: x}\ntwo: &two {nodes: 1}\nstudy:\n- {name: a, description: d, run: {<<: [*one, *two]}}",
    "merge of a text": "study:\n- {name: a, description: d, run: {<<: x, cmd: y}}",
    "tag": "study: [{name: !x a, description: d, run: {cmd: x}}]",
    "str tag": "study: [{name: !!str 5, description: d, run: {cmd: x}}]",
    "wrong int tag": "study: [{name: a, description: d, run: {cmd: x, nodes: !!int a}}]",
    "two documents": "study: [{name: a, description: d, run: {cmd: x}}]\n---\nb: 1",
    "unknown alias": "study: [{name: *a, description: d, run: {cmd: x}}]",
    "equals sign": "study: [{name: =, description: d, run: {cmd: x}}]",
    "number as a name": "study: [{name: 017, description: d, run: {cmd: x}}]",
    "date as a name": "study: [{name: 2026-01-01, description: d, run: {cmd: x}}]",
    "yes as a command": "study: [{name: a, description: d, run: {cmd: yes}}]",
    "sixty as a walltime": "study: [{name: a, description: d, run: {cmd: x, walltime: 24:00:00}}]",
    "negative walltime": "study: [{name: a, description: d, run: {cmd: x, walltime: -5}}]",
    "octal nodes": "study: [{name: a, description: d, run: {cmd: x, nodes: 010}}]",
    "octal zero": "study: [{name: a, description: d, run: {cmd: x, nodes: 00}}]",
    "number as a variable's name": "env: {variables: {1: x}}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "number as a label's name": "env: {labels: {1: x}}\nstudy: [{name: a, description: d, run: {cmd: $(1)}}]",
    "empty variables": "env: {variables: }\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "empty env": "env:\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "empty batch": "batch:\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "empty study": "study: []",
    "list key": "? [a]\n: b\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "tab": "study:\n\t- {name: a, description: d, run: {cmd: x}}",
    "key of a list": "study: [{name: a, description: d, run: {cmd: x, depends: {a: b}}}]",
    "several git refs": "env: {dependencies: {git: [{name: G, path: p, url: u, tag: a, branch: b}]}}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "spack": "env: {dependencies: {spack: {type: a, package_name: b}}}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "sources that are no texts": "env: {sources: [5]}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "cycle": "study: [{name: a, description: d, run: {cmd: x, depends: [b]}}, {name: b, description: d, run: {cmd: x, depends: [a]}}]",
    "not in order of dependency, yet a cycle": "study: [{name: a, description: d, run: {cmd: x}}, {name: b, description: d, run: {cmd: x, depends: [c]}}, {name: c, description: d, run: {cmd: x, depends: [b]}}]",
    "depends on nothing": "study: [{name: a, description: d, run: {cmd: x, depends: }}]",
    "depends on a number": "study: [{name: a, description: d, run: {cmd: x, depends: [5]}}]",
    "depends by a variable": "env: {variables: {S: a}}\nstudy: [{name: a, description: d, run: {cmd: x}}, {name: b, description: d, run: {cmd: x, depends: [$(S)]}}]",
    "label of no text": "study: [{name: a, description: d, run: {cmd: $(P)}}]\nglobal.parameters: {P: {values: [1], label: 5}}",
    "label of nothing": "study: [{name: a, description: d, run: {cmd: $(P)}}]\nglobal.parameters: {P: {values: [1], label: ''}}",
    "empty parameters": "study: [{name: a, description: d, run: {cmd: x}}]\nglobal.parameters:",
    "unequal parameters": "study: [{name: a, description: d, run: {cmd: $(P)}}]\nglobal.parameters: {P: {values: [1], label: a.%%}, Q: {values: [1, 2], label: a.%%}}",
    "other keys at the top": "x: 1\ny: [a]\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "other keys in the description": "study: [{name: a, description: d, run: {cmd: x, foo: 1}}]",
    "capital scheduler": "batch: {type: LOCAL}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "slurm without a bank": "batch: {type: slurm, host: h, queue: q}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "slurm with an empty bank": "batch: {type: slurm, host: h, queue: q, bank: }\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "lsf without a queue": "batch: {type: lsf, host: h, bank: b}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "exclusive map": "study: [{name: a, description: d, run: {cmd: x, exclusive: {allocation: true, launcher: $(A), x: y}}}]",
    "exclusive text": "study: [{name: a, description: d, run: {cmd: x, exclusive: 'yes'}}]",
    "priority number": "study: [{name: a, description: d, run: {cmd: x, priority: 0.5}}]",
    "priority too high": "study: [{name: a, description: d, run: {cmd: x, priority: 1.5}}]",
    "unknown workspace": "study: [{name: a, description: d, run: {cmd: ls $(b.workspace)}}]",
    "unknown token": "study: [{name: a, description: d, run: {cmd: ls $(TYPO)}}]",
    "specroot": "env: {variables: {SPECROOT: x}}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "one name twice": "env: {variables: {A: x}, labels: {A: y}}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
    "path": "env: {dependencies: {path: [{name: A}]}}\nstudy: [{name: a, description: d, run: {cmd: x}}]",
}  # fmt: skip

#: Where both differ in a YAML matter: case → heading.
EXCEPT = {
    "duplicate key": "Duplicate keys",
    "capital scheduler": "Adapters are plugins",
    "slurm without a bank": "Accounts, queues and hosts are optional",
    "lsf without a queue": "Accounts, queues and hosts are optional",
}


def test_texts(python: Path, tmp_path: Path) -> None:
    jobs = []
    for number, text in enumerate(TEXTS.values()):
        study = tmp_path / str(number) / "study.yaml"
        study.parent.mkdir()
        study.write_text(HEAD + text + "\n")
        jobs.append(Job(study, study.parent / "out"))
    differences = []
    for name, job, answer in zip(TEXTS, jobs, by_oracle(jobs, python), strict=True):
        refused, errors = isinstance(answer, OracleRefusedError), errors_of(job.study)
        if refused != bool(errors) and name not in EXCEPT:
            differences.append(f"{name}: {answer if refused else [str(e) for e in errors]}")
    assert not differences, "\n".join(differences)
