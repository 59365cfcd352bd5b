"""Lint and expansion agree: what cannot be expanded is an error of the lint, and what is none runs.

A fault that only one of them knows would be a study that passes CI and is refused at its start, or
an error in a study that runs. Needs no oracle.
"""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import maestro_graph
import maestro_spec
from conformance.drawing import Drawn, draw

pytestmark = pytest.mark.once

QUICK, FULL = 60, 400
#: Errors of the lint although the expansion would do something: rows or walltimes that nobody means.
STRICTER = {"MS203"}


def errors(study: Path, parameters: list[str] | None) -> set[str]:
    problems = maestro_spec.check(maestro_spec.load(study), parameters=parameters)
    return {problem.code for problem in problems if problem.severity == "error"}


def refusal(study: Path, pgen: Path | None, drawn: Drawn) -> tuple[str | None, list[str] | None]:
    """Why the expansion refuses, or None; and the parameters of the generator file, if there is one."""
    document = maestro_spec.spec_document(maestro_spec.load(study))
    parameters = None
    try:
        table = None
        if pgen is not None:
            table = maestro_graph.load_pgen(pgen, drawn.pargs, document, study.parent)
            parameters = [column.name for column in table.columns]
        list(
            maestro_graph.expand(document, table, root="/w", hash_workspaces=drawn.hashws).instances
        )
    except maestro_graph.GraphError as error:
        return str(error), parameters
    return None, parameters


def spoil(drawn: Drawn, kind: str) -> dict[str, Any] | None:
    """Give a drawn study a name or a value that may lead back to itself; None where it has no place."""
    study = copy.deepcopy(drawn.study)
    variables, table = study["env"]["variables"], study.get("global.parameters", {})
    first = next(iter(table), None)
    if kind == "variable of no parameter":
        variables["LONELY"] = "$(LONELY)"
    elif kind == "variables in a circle":
        variables |= {"HEN": "of $(EGG)", "EGG": "$(HEN)"}
    elif first is None:
        return None
    elif kind == "value with its own token":
        table[first]["values"][0] = f"x$({first})"
    elif kind == "label with its own token":
        table[first]["label"] = f"$({first}.label).%%"
    elif kind == "value through a variable":
        variables["DETOUR"] = f"$({first})"
        table[first]["values"][-1] = "$(DETOUR)"
    elif kind == "step called like an instance":
        step = study["study"][0]
        label = str(table[first]["label"]).replace("%%", str(table[first]["values"][0]))
        step["run"]["cmd"] = f"echo $({first})"
        for key in ("restart", "depends"):
            step["run"].pop(key, None)
        step["description"] = "does something"
        twin = {"name": f"{step['name']}_{label}", "description": "d", "run": {"cmd": "true"}}
        study["study"].append(twin)
    return study


KINDS = [
    "nothing",
    "variable of no parameter",
    "variables in a circle",
    "value with its own token",
    "label with its own token",
    "value through a variable",
    "step called like an instance",
]


def prove(seeds: range, folder: Path) -> Counter[tuple[str, bool]]:
    """Lint and expand each study, as it was drawn and spoiled in each way; count what was refused."""
    seen: Counter[tuple[str, bool]] = Counter()
    differences = []
    for seed in seeds:
        drawn = draw(seed)
        path = drawn.write(folder / str(seed))
        pgen = path.with_name("pgen.py") if drawn.pgen is not None else None
        for kind in KINDS:
            study = drawn.study if kind == "nothing" else spoil(drawn, kind)
            if study is None:
                continue
            path.write_text(yaml.safe_dump(study, sort_keys=False, allow_unicode=True))
            said, parameters = refusal(path, pgen, drawn)
            found = errors(path, parameters)
            seen[kind, bool(said)] += 1
            if said and not found:
                differences.append(f"seed {seed}, {kind}: only the expansion says {said}")
            if found - STRICTER and not said:
                differences.append(f"seed {seed}, {kind}: only lint says {sorted(found)}")
    assert not differences, "\n".join(differences)
    return seen


def demand(seen: Counter[tuple[str, bool]], least: int) -> None:
    assert seen["nothing", True] == 0
    assert {kind for kind in KINDS[1:] if seen[kind, True] < least} == set()


def test_lint_and_run_agree(tmp_path: Path) -> None:
    demand(prove(range(QUICK), tmp_path), 5)


@pytest.mark.slow
def test_lint_and_run_agree_on_many(tmp_path: Path) -> None:
    demand(prove(range(FULL), tmp_path), 50)
