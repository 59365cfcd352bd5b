"""Studies that are right, and ways to spoil them; drawn by a seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

_LOCAL = {
    "description": {"name": "s", "description": "d"},
    "env": {
        "variables": {"OUTPUT_PATH": "./out", "A": "x", "N": 3},
        "labels": {"L": "l_$(P.label)"},
        "dependencies": {"paths": [{"name": "HERE", "path": "."}]},
    },
    "batch": {"type": "local", "shell": "/bin/bash"},
    "study": [
        {
            "name": "one",
            "description": "first $(P)",
            "run": {
                "cmd": "echo $(P) $(A) $(L) $(HERE)",
                "walltime": "00:10:00",
                "nodes": 1,
                "procs": "$(N)",
            },
        },
        {
            "name": "two",
            "description": "second",
            "run": {
                "cmd": "cat $(one.workspace)/x",
                "depends": ["one"],
                "restart": "echo again",
            },
        },
        {
            "name": "all",
            "description": "third",
            "run": {
                "cmd": "ls $(one.workspace)",
                "depends": ["one_*"],
                "exclusive": True,
                "priority": "high",
            },
        },
    ],
    "global.parameters": {
        "P": {"values": [1, 2], "label": "P.%%"},
        "Q": {"values": ["a", "b"], "label": "Q.%%"},
    },
}
_SLURM = {
    "description": {"name": "s", "description": "d"},
    "batch": {"type": "slurm", "host": "h", "bank": "b", "queue": "q"},
    "study": [
        {
            "name": "one",
            "description": "first",
            "run": {"cmd": "$(LAUNCHER) host", "nodes": 2, "procs": 4, "walltime": "00:10:00"},
        },
        {
            "name": "two",
            "description": "second",
            "run": {
                "cmd": "$(LAUNCHER)[1n,2p] a",
                "nodes": 1,
                "procs": 2,
                "depends": ["one"],
                "walltime": 90,
                "gpus": 1,
                "cores per task": 2,
            },
        },
    ],
}
_SMALL = {
    "description": {"name": "s", "description": "d"},
    "study": [
        {"name": "a", "description": "x", "run": {"cmd": "x"}},
        {"name": "b", "description": "x", "run": {"cmd": "y $(Q)", "depends": ["a"]}},
        {"name": "c", "description": "x", "run": {"cmd": "z", "depends": ["a", "b_*"]}},
    ],
    "global.parameters": {"Q": {"values": ["a", "b", "b"], "label": "Q.%%"}},
}
BASES: tuple[dict[str, Any], ...] = (_LOCAL, _SLURM, _SMALL)

_VALUES: tuple[Any, ...] = (
    *(None, "", 0, 1, -1, 5, 1.5, 2.0, True, False, "x", "4", 0.5, 2**70),
    *("$(A)", "$(Q)", "$(P.label)", "$(NOPE)", "$(two.workspace)", "$(WORKSPACE)"),
    *([], ["a"], [1, 2], [1, 2, 3], [1, 1], [[1], [2]], [None, 1], [True, False], {}, {"a": 1}),
    *("one", "two", "one_*", "b*", "..", "a/b", "logs", "a b", "日本", "x" * 300, "%%", "P"),
    *("24:00:00", "soon", "high", "LOW", "slurm", "local", ["1e+5", "1e5"], ["x/y", "z"]),
    *("$(LAUNCHER)[9p] x", "$(LAUNCHER)[1n] x", "$(one.workspace) $(c.workspace)"),
)
_KEYS = (
    *("foo", "name", "pre", "post", "restart", "nodes", "procs", "gpus", "cores per task"),
    *("tasks per rs", "rs per node", "cpus per rs", "bind", "bind gpus", "walltime", "qos"),
    *("reservation", "exclusive", "nested", "waitable", "priority", "depends", "cmd", "values"),
    *("label", "sources", "variables", "labels", "dependencies", "git", "paths", "spack"),
    *("path", "url", "tag", "hash", "type", "host", "bank", "queue", "args", "uri", "version"),
    *("SPECROOT", "OUTPUT_PATH", "A", "B", "P", "Q", "batch", "env", "global.parameters"),
    *("description", "study"),
)


def spoiled(seed: int, folder: Path) -> tuple[Path, str]:
    """Write a study with one or two changes.

    Returns:
        Its file, and what was changed.
    """
    chance = random.Random(seed)  # noqa: S311 (a drawing, no secret)
    study = copy.deepcopy(chance.choice(BASES))
    changes = [_change(chance, study)]
    if chance.random() < 0.25 and study:
        changes.append(_change(chance, study))
    home = folder / f"s{seed}"
    home.mkdir(parents=True)
    path = home / "study.yaml"
    path.write_text(yaml.safe_dump(study, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path, "; ".join(changes)


def _change(chance: random.Random, study: dict[str, Any]) -> str:
    place = chance.choice([path for path in _paths(study) if path])
    parent: Any = study
    for part in place[:-1]:
        parent = parent[part]
    kind = chance.random()
    if kind < 0.3:
        del parent[place[-1]]
        return f"without {place}"
    value = copy.deepcopy(chance.choice(_VALUES))
    if kind < 0.75:
        parent[place[-1]] = value
        return f"{place} = {value!r}"
    target = parent[place[-1]]
    if isinstance(target, list):
        if target and chance.random() < 0.5:
            value = copy.deepcopy(chance.choice(target))
        target.append(value)
        return f"{place} has {value!r} too"
    holder = target if isinstance(target, dict) else parent
    if isinstance(holder, dict):
        key = chance.choice(_KEYS)
        holder[key] = value
        return f"beside {place}: {key} = {value!r}"
    return "nothing"


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        yield from _paths(item, (*path, key))
