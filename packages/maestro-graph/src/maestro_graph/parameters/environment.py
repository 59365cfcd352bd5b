"""Resolve the names of a study's `env`; pure.

Nothing is looked at on disk here: see `acquisition` for that.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable
from pathlib import PurePosixPath

from maestro_graph.model.spec import Spec
from maestro_graph.parameters import naming
from maestro_graph.parameters.resolution import resolve

#: Stands in texts of the graph for the folder of the study, and is filled in where a script is made.
OUTPUT_PATH = "$(OUTPUT_PATH)"


def default_root(spec: Spec) -> str:
    """Return the workspace that an expansion assumes when none is given."""
    return str(PurePosixPath(spec.specroot, naming.clean(spec.name)))


def resolve_environment(spec: Spec, root: str, *, named: str | None = None) -> dict[str, str]:
    """Resolve variables, labels and dependencies, to any depth.

    Args:
        spec: the study.
        root: absolute path of the workspace.
        named: what ``$(OUTPUT_PATH)`` gives: the root by default, or `OUTPUT_PATH` to keep it.

    Returns:
        name → text. Tokens of parameters and steps are still in the texts. Dependencies are
        absolute paths; relative ones start from the study file's folder. One that is named by
        ``$(OUTPUT_PATH)`` and lies below it begins with what that gives.

    Raises:
        TokenError: names that lead back to themselves.
    """
    raw: dict[str, str] = {}
    finish: dict[str, Callable[[str], str]] = {}
    named = root if named is None else named

    def below(path: str, *parts: str) -> str:
        place = os.path.normpath(PurePosixPath(spec.specroot, path.replace(named, root), *parts))
        if named in path and PurePosixPath(place).is_relative_to(root):
            return named + place[len(root) :]
        return place

    # The first to take a name keeps it: that is the order in which upstream replaces them.
    for name, value in spec.labels.items():
        raw.setdefault(name, str(value))
    for name, path in spec.paths.items():
        if name not in raw:
            raw[name], finish[name] = path, below
    for repository in spec.git:
        name = repository.name
        if name not in raw:
            raw[name] = repository.path
            finish[name] = lambda path, name=name: below(path, name)  # type: ignore[misc]
    for name, value in spec.variables.items():
        raw.setdefault(name, str(value))
    raw["OUTPUT_PATH"] = named
    raw["SPECROOT"] = spec.specroot
    return resolve(raw, finish=finish)
